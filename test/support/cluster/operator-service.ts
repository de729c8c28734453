// Operators as a cluster runs them: several replicas behind one address for sidecars and one for the API server.
import { type LocalService, startLocalService } from './local-service.ts'
import type { Cluster } from './start-cluster.ts'
import { type Operator, type OperatorOptions, startOperator } from './start-operator.ts'

export const operatorNamespace = 'llm-fallback-system'

export interface OperatorService {
  /** What sidecars connect to, whichever replica answers. */
  readonly pushUrl: string
  /** Those that run, oldest first. */
  operators(): readonly Operator[]
  /** One more replica, with the settings of the others. */
  addOperator(): Promise<Operator>
  /** SIGKILL; its connections break, new ones go to the others. */
  killOperator(operator: Operator): Promise<void>
  /** Cuts the streams of all sidecars. */
  cutStreams(): void
  close(): Promise<void>
}

/** Makes the operators' namespace, starts `replicas` of them and waits until all are ready. */
export async function startOperatorService(
  cluster: Cluster,
  replicas: number,
  options: Omit<OperatorOptions, 'waitFor'> = {},
): Promise<OperatorService> {
  await cluster.createNamespace(operatorNamespace)
  const addresses = { push: await startLocalService(), webhook: await startLocalService() }
  const service = manage(cluster, addresses, options)
  try {
    for (let replica = 0; replica < replicas; replica += 1) await service.addOperator()
    return service
  } catch (error) {
    await service.close()
    throw error
  }
}

function manage(
  cluster: Cluster,
  { push, webhook }: { readonly push: LocalService; readonly webhook: LocalService },
  options: Omit<OperatorOptions, 'waitFor'>,
): OperatorService {
  const pushUrl = `https://127.0.0.1:${push.port}`
  const environment = {
    LLM_FALLBACK_NAMESPACE: operatorNamespace,
    LLM_FALLBACK_PUSH_URL: pushUrl,
    LLM_FALLBACK_WEBHOOK_URL: `https://127.0.0.1:${webhook.port}`,
    ...options.environment,
  }
  let running: readonly Operator[] = []
  const setRunning = (operators: readonly Operator[]) => {
    running = operators
    push.setBackends(operators.map(({ pushPort }) => pushPort))
    webhook.setBackends(operators.map(({ webhookPort }) => webhookPort))
  }
  return {
    pushUrl,
    operators: () => running,
    async addOperator() {
      const operator = await startOperator(cluster, { ...options, environment })
      setRunning([...running, operator])
      return operator
    },
    async killOperator(operator) {
      setRunning(running.filter(one => one !== operator))
      await operator.kill()
    },
    cutStreams: push.cutConnections,
    async close() {
      await Promise.all(running.map(operator => operator.stop()))
      await Promise.all([push.close(), webhook.close()])
    },
  }
}
