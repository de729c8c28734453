// A vendor's Python client: a script of `test/sdk/python` in the environment that has its package.
import { join } from 'node:path'
import type { Client } from './caller.ts'
import { type ClientProgram, clientOfProgram, startClientProgram } from './client-program.ts'
import { preparePython, pythonFolder } from './python-environment.ts'

export async function startPythonClient(script: string, url: string): Promise<Client> {
  return clientOfProgram(await startPythonProgram(script, url), `${script}.py`)
}

/** @param script in `test/sdk/python`, without its ending. */
export async function startPythonProgram(script: string, url: string): Promise<ClientProgram> {
  return startClientProgram({
    name: `${script}.py`,
    path: await preparePython(),
    parameters: [join(pythonFolder, `${script}.py`), url],
    environment: { PYTHONDONTWRITEBYTECODE: '1' },
  })
}
