import type { Timer } from '@sevenfold/layer'
import type { AlertsService } from '../alerts-service.ts'
import { actionReach } from './action-reach.ts'
import { loadPlaybooks } from './load-playbooks.ts'
import type { PlaybookProblem } from './load-playbooks.ts'
import { PlaybookRunner } from './playbook-runner.ts'
import type { RunnerNote } from './playbook-runner.ts'
import { sparedBy } from './spared.ts'

/** Playbooks of a running process. */
export interface Playbooks {
  readonly runner: PlaybookRunner
  problems(): readonly PlaybookProblem[]
  reload(folders: readonly string[]): Promise<void>
  stop(): void
}

const tickMs = 5_000

function write(service: AlertsService, { op, playbook, incident, text, ok }: RunnerNote): void {
  const actor = `playbook:${playbook}`
  const draft = service.context.events.admin(
    { op, actor, to: incident, reason: text },
    ok ? 'success' : 'failure',
  )
  service.emit(draft, { incident, playbook })
}

/** Starts the playbooks of the configuration on the incidents of the service. */
export async function startPlaybooks(service: AlertsService): Promise<Playbooks> {
  const { context } = service
  const { playbooks: config } = context.config
  const runner = new PlaybookRunner({
    reach: actionReach(service),
    isSpared: sparedBy(config.neverAct),
    now: () => context.clock.now(),
    note: (note) => write(service, note),
    onChange: () => service.saveSoon(),
  })
  let problems: readonly PlaybookProblem[] = []
  const reload = async (folders: readonly string[]): Promise<void> => {
    const loaded = await loadPlaybooks(folders)
    problems = loaded.problems
    for (const { source, message } of problems) context.log.error('playbook-refused', { source, message })
    runner.use(loaded.playbooks)
  }
  await reload(config.folders)
  runner.restore(service.keptRuns)
  service.dumpRuns = () => runner.dump()
  service.onChange((change) => {
    if (change.kind === 'merged') return
    runner
      .consider(change.kind, change.incident)
      .catch((error: unknown) => context.log.error('playbook-failed', { error }))
  })
  let stopped = false
  let timer: Timer | undefined
  const plan = (): void => {
    if (stopped) return
    timer = context.clock.after(tickMs, () => {
      runner
        .tick()
        .catch((error: unknown) => context.log.error('playbook-failed', { error }))
        .finally(plan)
    })
  }
  plan()
  const stop = (): void => {
    stopped = true
    timer?.cancel()
  }
  return { runner, problems: () => problems, reload, stop }
}
