// What ends the servers when the tests cannot: a small shell that watches a pipe from this process. The kernel closes the pipe
// however this process ends, SIGKILL included; the shell then kills what is on its list and removes the folder.
import { spawn } from 'node:child_process'

/** Signals of a terminal reach the whole process group; this one must outlive them. */
const script = `
trap '' INT TERM HUP
pids=
while read -r word pid; do
  case $word in
    watch) pids="$pids $pid" ;;
    forget)
      kept=
      for one in $pids; do [ "$one" = "$pid" ] || kept="$kept $one"; done
      pids=$kept ;;
  esac
done
[ -z "$pids" ] || kill -KILL $pids
folder=$1
shift
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  left=
  rm -rf "$folder" 2>/dev/null || left=folder
  for group in "$@"; do
    [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || left=group
  done
  [ -n "$left" ] || break
  sleep 0.2
done
`

export interface ProcessGuard {
  watch(pid: number): void
  /** Once it has ended: its number may go to somebody else. */
  forget(pid: number): void
  /** Kills what is still on the list and removes the folder. */
  close(): Promise<void>
}

/**
 * @param folder removed at the end, whatever happens.
 * @param controlGroups folders of cgroups that go too, which nothing but `rmdir` removes, and only once their processes are gone.
 */
export function startProcessGuard(folder: string, controlGroups: readonly string[] = []): ProcessGuard {
  const guard = spawn('/bin/sh', ['-c', script, 'guard', folder, ...controlGroups], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = new Promise<void>(resolve => {
    guard.once('close', () => resolve())
    guard.once('error', () => resolve())
  })
  // Without a reader there is nobody to tell; `close` then finds it ended.
  guard.stdin.on('error', () => undefined)
  // The guard alone must not keep a finished test run alive.
  guard.unref()
  return {
    watch: pid => void guard.stdin.write(`watch ${pid}\n`),
    forget: pid => void guard.stdin.write(`forget ${pid}\n`),
    async close() {
      guard.ref()
      guard.stdin.end()
      await ended
    },
  }
}
