import type { Json } from '@sevenfold/event'
import { AlertsError } from '../alerts-error.ts'
import type { Incident } from '../incident/incident.ts'
import { actionNamed } from './actions/actions.ts'
import type { ActionCall, ActionReach } from './actions/action.ts'
import { startsPlaybook } from './matches-trigger.ts'
import type { Playbook, Step, TriggerChange } from './playbook.ts'
import { scopeOf } from './scope.ts'
import type { Scope } from './scope.ts'

/** Where a run stands. */
export type RunState = 'waiting' | 'running' | 'done' | 'failed' | 'rejected' | 'expired' | 'undone'

/** One step of a run. */
export interface RunStep {
  readonly action: string
  readonly plan: readonly string[]
  state: 'planned' | 'done' | 'failed' | 'undone'
  text: string
  undo?: Json
  /** When it is taken back by itself. */
  untilMs?: number
}

/** A playbook at work on one incident. */
export interface Run {
  readonly id: string
  readonly playbook: string
  readonly incident: string
  readonly startedMs: number
  state: RunState
  readonly steps: RunStep[]
  /** Who said yes or no. */
  decidedBy?: string
}

/** What the runner reports; each is an event of the ledger. */
export interface RunnerNote {
  readonly op: 'playbook-begin' | 'playbook-end' | 'playbook-wait' | 'playbook-undo' | 'playbook-refused'
  readonly playbook: string
  readonly incident: string
  readonly text: string
  readonly ok: boolean
}

/** What the runner needs. */
export interface RunnerOptions {
  readonly reach: ActionReach
  readonly isSpared: (value: string) => boolean
  readonly now: () => number
  readonly note: (note: RunnerNote) => void
  /** Called after each change of a run, to keep it. */
  readonly onChange: () => void
}

/** Bounds of what is remembered, and how long an approval waits. */
export const runnerLimits: { readonly maxRuns: number; readonly approvalMs: number } = {
  maxRuns: 500,
  approvalMs: 86_400_000,
}

const hourMs = 3_600_000

/** Runs playbooks on incidents: once for each of its changes, within their limits, with a ledger entry before and after. */
export class PlaybookRunner {
  readonly #options: RunnerOptions
  #playbooks: readonly Playbook[] = []
  readonly #runs = new Map<string, Run>()
  #nextRun = 1

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  /** Takes other playbooks; runs under way end as they began. */
  use(playbooks: readonly Playbook[]): void {
    this.#playbooks = playbooks
  }

  get playbooks(): readonly Playbook[] {
    return this.#playbooks
  }

  /** Runs, the newest first. */
  runs(): readonly Run[] {
    return [...this.#runs.values()].toReversed()
  }

  /** A change of an incident: starts what it triggers. Resolves when everything started has ended or waits. */
  async consider(change: TriggerChange, incident: Incident): Promise<void> {
    const scope = scopeOf(incident)
    for (const playbook of this.#playbooks) {
      if (!startsPlaybook(playbook, { change, incident, scope })) continue
      const refusal = this.#refusal(playbook, incident, scope)
      if (refusal === undefined) await this.#start(playbook, scope)
      else
        this.#note('playbook-refused', {
          playbook: playbook.name,
          incident: incident.id,
          text: refusal,
          ok: false,
        })
    }
  }

  /** Why a playbook must not start; undefined when it may. */
  #refusal(playbook: Playbook, incident: Incident, scope: Scope): string | undefined {
    // What a playbook caused starts no playbook: two of them would feed each other.
    if (scope.targets.user?.some((user) => user.startsWith('playbook:')) === true)
      return 'the incident is about a playbook: stopped as a loop'
    const mine = [...this.#runs.values()].filter((run) => run.playbook === playbook.name)
    if (mine.some((run) => run.incident === incident.id && run.state !== 'failed'))
      return 'it has run on this incident already'
    const lately = mine.filter(({ startedMs }) => startedMs > this.#options.now() - hourMs).length
    return lately >= playbook.limits.perHour
      ? `it has run ${lately} times within an hour, which is its limit`
      : undefined
  }

  #note(op: RunnerNote['op'], note: Omit<RunnerNote, 'op'>): void {
    this.#options.note({ op, ...note })
  }

  #call(playbook: Playbook, step: Step, scope: Scope): ActionCall {
    return {
      settings: step.settings,
      scope,
      maxTargets: playbook.limits.targets,
      actor: `playbook:${playbook.name}`,
      isSpared: this.#options.isSpared,
      ttlMs: step.ttlMs ?? 0,
    }
  }

  /** What a playbook would do for an incident. Touches nothing. */
  dryRun(
    playbook: Playbook,
    incident: Incident,
  ): readonly { readonly action: string; readonly plan: readonly string[] }[] {
    const scope = scopeOf(incident)
    return playbook.steps.map((step) => ({ action: step.action, plan: this.#plan(playbook, step, scope) }))
  }

  #plan(playbook: Playbook, step: Step, scope: Scope): readonly string[] {
    try {
      const plan = actionNamed(step.action)?.describe(this.#call(playbook, step, scope)) ?? []
      return plan.length === 0 ? ['nothing: nobody to act on'] : plan
    } catch (error) {
      return [`refused: ${error instanceof Error ? error.message : String(error)}`]
    }
  }

  /** Starts a playbook by hand. @throws AlertsError ALERTS_CONFLICT when its limits do not allow it. */
  async start(playbook: Playbook, incident: Incident): Promise<Run> {
    const scope = scopeOf(incident)
    const refusal = this.#refusal(playbook, incident, scope)
    if (refusal !== undefined) throw new AlertsError('ALERTS_CONFLICT', refusal)
    return await this.#start(playbook, scope)
  }

  async #start(playbook: Playbook, scope: Scope): Promise<Run> {
    const run: Run = {
      id: `run-${this.#nextRun}`,
      playbook: playbook.name,
      incident: scope.incident,
      startedMs: this.#options.now(),
      state: playbook.approval ? 'waiting' : 'running',
      steps: playbook.steps.map((step) => {
        return { action: step.action, plan: this.#plan(playbook, step, scope), state: 'planned', text: '' }
      }),
    }
    this.#nextRun += 1
    this.#keep(run)
    const about = { playbook: playbook.name, incident: scope.incident, ok: true }
    if (run.state === 'waiting')
      this.#note('playbook-wait', { ...about, text: `${run.id} waits for approval` })
    else await this.#execute(run, playbook, scope)
    return run
  }

  #keep(run: Run): void {
    this.#runs.set(run.id, run)
    const oldest = this.#runs.keys().next()
    if (this.#runs.size > runnerLimits.maxRuns && oldest.done !== true) this.#runs.delete(oldest.value)
    this.#options.onChange()
  }

  async #execute(run: Run, playbook: Playbook, scope: Scope): Promise<void> {
    run.state = 'running'
    for (const [index, step] of playbook.steps.entries()) {
      const shown = run.steps[index]
      if (shown === undefined || !(await this.#step(run, shown, { playbook, step, scope }))) {
        // What comes after a failed step was planned on its success.
        run.state = 'failed'
        break
      }
    }
    if (run.state === 'running') run.state = 'done'
    this.#options.onChange()
  }

  async #step(
    run: Run,
    shown: RunStep,
    { playbook, step, scope }: { playbook: Playbook; step: Step; scope: Scope },
  ): Promise<boolean> {
    const about = { playbook: run.playbook, incident: run.incident }
    this.#note('playbook-begin', {
      ...about,
      text: `${run.id} ${step.action}: ${shown.plan.join('; ').slice(0, 300)}`,
      ok: true,
    })
    try {
      const action = actionNamed(step.action)
      if (action === undefined) throw new AlertsError('ALERTS_PLAYBOOK', `no action is called ${step.action}`)
      const done = await action.run(this.#call(playbook, step, scope), this.#options.reach)
      shown.state = 'done'
      shown.text = done.text
      if (done.undo !== undefined) shown.undo = done.undo
      if (step.ttlMs !== undefined) shown.untilMs = this.#options.now() + step.ttlMs
    } catch (error) {
      shown.state = 'failed'
      shown.text = error instanceof Error ? error.message : String(error)
    }
    const ok = shown.state === 'done'
    this.#note('playbook-end', { ...about, text: `${run.id} ${step.action}: ${shown.text}`, ok })
    return ok
  }

  #find(id: string): Run {
    const run = this.#runs.get(id)
    if (run === undefined) throw new AlertsError('ALERTS_NOT_FOUND', `there is no run ${id}`)
    return run
  }

  /** A person says yes or no. @throws AlertsError when the run does not wait, or its playbook or incident is gone. */
  async decide(
    id: string,
    { yes, actor, incident }: { yes: boolean; actor: string; incident: Incident | undefined },
  ): Promise<Run> {
    const run = this.#find(id)
    if (run.state !== 'waiting') throw new AlertsError('ALERTS_CONFLICT', `${id} does not wait for approval`)
    run.decidedBy = actor
    const playbook = this.#playbooks.find(({ name }) => name === run.playbook)
    if (!yes) run.state = 'rejected'
    else if (playbook === undefined || incident === undefined || playbook.steps.length !== run.steps.length)
      throw new AlertsError('ALERTS_CONFLICT', 'the playbook was changed since, or its incident is gone')
    else await this.#execute(run, playbook, scopeOf(incident))
    this.#options.onChange()
    return run
  }

  /** Takes back what can be taken back, the last step first. */
  async undo(id: string, actor: string): Promise<Run> {
    const run = this.#find(id)
    for (const step of run.steps.toReversed())
      if (step.state === 'done') await this.#undoStep(run, step, actor)
    if (run.steps.every(({ state }) => state !== 'done')) run.state = 'undone'
    this.#options.onChange()
    return run
  }

  async #undoStep(run: Run, step: RunStep, actor: string): Promise<void> {
    const action = actionNamed(step.action)
    delete step.untilMs
    if (action?.undo === undefined || step.undo === undefined) return
    const about = { playbook: run.playbook, incident: run.incident }
    try {
      await action.undo(step.undo, this.#options.reach, actor)
      step.state = 'undone'
      this.#note('playbook-undo', { ...about, text: `${run.id} ${step.action} was taken back`, ok: true })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#note('playbook-undo', { ...about, text: `${run.id} ${step.action}: ${why}`, ok: false })
    }
  }

  /** Takes back what is over, and ends approvals that nobody gave. */
  async tick(): Promise<void> {
    const now = this.#options.now()
    for (const run of this.#runs.values()) {
      if (run.state === 'waiting' && run.startedMs + runnerLimits.approvalMs < now) {
        run.state = 'expired'
        this.#options.onChange()
      }
      for (const step of run.steps) {
        if (step.state !== 'done' || step.untilMs === undefined || step.untilMs > now) continue
        await this.#undoStep(run, step, `playbook:${run.playbook}`)
        this.#options.onChange()
      }
    }
  }

  /** What a restart needs. */
  dump(): unknown {
    return { next: this.#nextRun, runs: [...this.#runs.values()] }
  }

  /** Takes what `dump` gave. A run that was under way is not begun again: nobody knows how far it came. */
  restore(dump: unknown): void {
    if (typeof dump !== 'object' || dump === null || !('next' in dump) || !('runs' in dump)) return
    this.#nextRun = Number(dump.next)
    for (const run of dump.runs as Run[])
      this.#runs.set(run.id, run.state === 'running' ? { ...run, state: 'failed' } : run)
  }
}
