import { setFlagsFromString } from 'node:v8'
import { join } from 'node:path'
import { applyConfig, configDigest } from '@sevenfold/config'
import type { CompiledConfig } from '@sevenfold/config'
import { systemClock } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { environmentError, exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import type { Io } from '../program/io.ts'
import { askSocket } from '../talk/ask-socket.ts'
import { acceptor, reloadsInPlace } from './acceptor.ts'
import { printBanner } from './banner.ts'
import { noteDepends } from './note-depends.ts'
import { readCanaryKey, startCanaries } from './canary-sender.ts'
import { canaryTargets } from './canary-targets.ts'
import { showLive } from './live-view.ts'
import { startOwnPart } from './own-part.ts'
import type { PartSpec } from './part-spec.ts'
import { stopStages } from './parts.ts'
import { checkDataFolder, checkNode, checkPorts } from './preflight.ts'
import { writeRegistries } from './registries.ts'
import { writeState } from './state-file.ts'
import { watchForHang } from './hang-watch.ts'
import { createSupervisor } from './supervisor.ts'
import type { Supervisor } from './supervisor.ts'
import { planUp } from './up-plan.ts'
import type { UpPlan } from './up-plan.ts'

interface House {
  readonly call: Call
  readonly parts: readonly PartSpec[]
  readonly plan: UpPlan
  readonly own: PartContext<object>
}

function digestOf(compiled: CompiledConfig): string {
  return configDigest(JSON.stringify(compiled.parts))
}

/** Tells the other programs of this user what runs; a full disk must not end what defends. */
function saveState(house: House, supervisor: Supervisor, started: string): void {
  const { plan, own } = house
  try {
    writeState(plan.compiled.dataDir, {
      v: 1,
      pid: process.pid,
      started,
      demo: plan.demo,
      parts: supervisor.status(),
    })
  } catch (error) {
    own.log.error('state-not-written', { error })
  }
}

function makeSupervisor(house: House): Supervisor {
  const { call, plan, own } = house
  const { dataDir } = plan.compiled
  const started = new Date(own.clock.now()).toISOString()
  const supervisor: Supervisor = createSupervisor({
    parts: house.parts,
    dataDir,
    env: call.io.env,
    clock: systemClock,
    onDeath: ({ part, why, delayMs }) => {
      call.io.note(`sevenfold: ${part} ${why}; it starts again in ${delayMs} ms`)
      own.emit({ ...own.events.notice('part-died', `${part} ${why}`, 70), labels: { part } })
    },
    onChange: () => saveState(house, supervisor, started),
    // What we know ourselves goes to the ledger while it still runs.
    beforeStage: async (stage) => {
      if (stage === stopStages.ledger) await own.stop()
    },
  })
  return supervisor
}

function takeReloads({ plan, own }: House, supervisor: Supervisor): void {
  const { again } = plan
  if (again === undefined) return
  own.handle({
    reload: async () => {
      const compiled = await again()
      const applied = await applyConfig(
        { ...compiled, dataDir: plan.compiled.dataDir },
        acceptor(plan.compiled.dataDir, supervisor),
        reloadsInPlace,
      )
      if (!applied.ok)
        throw environmentError(
          `${applied.part} refused the configuration: ${applied.reason}`,
          'nothing was changed',
        )
      return { config: {}, digest: digestOf(compiled) }
    },
  })
}

/** True when a part runs on this host. */
function runsHere({ layers }: UpPlan, part: string): boolean {
  return layers === undefined || layers.has(part)
}

async function prepare(plan: UpPlan): Promise<void> {
  await checkPorts(plan.wanted)
  const applied = await applyConfig(plan.compiled, async () => undefined)
  if (!applied.ok) throw environmentError(applied.reason, 'see sevenfold config check')
  if (runsHere(plan, 'ledger')) writeRegistries(plan.compiled.dataDir)
}

function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Attacks the sites once a minute through their public address; the edge says in its heartbeat what came of it. */
function sendCanaries({ plan, own }: House, supervisor: Supervisor): () => void {
  return startCanaries({
    key: () => readCanaryKey(plan.compiled.dataDir),
    targets: () => canaryTargets(supervisor.status(), plan.compiled.parts.edge.sites),
    clock: systemClock,
    random: Math.random,
    onFailure: (error) => own.log.warn('canary-not-sent', { error }),
  })
}

/** The alerts process watches everybody; this watches the alerts process. */
function watchAlerts({ plan, own, call }: House, supervisor: Supervisor): () => void {
  const question = {
    socketPath: join(plan.compiled.dataDir, 'alerts', 'probe.sock'),
    part: 'alerts',
    path: '/health?nonce=supervisor',
  }
  return watchForHang({
    clock: systemClock,
    ask: async () => void (await askSocket({ ...question, signal: AbortSignal.timeout(3_000) })),
    onHang: async () => {
      call.io.note('sevenfold: alerts does not answer; it is started again')
      const draft = own.events.notice('part-hangs', 'alerts does not answer; it is started again', 80)
      own.emit({ ...draft, labels: { part: 'alerts' } })
      await supervisor.restart('alerts').catch((error: unknown) => own.log.error('restart-failed', { error }))
    },
  })
}

async function runHouse(house: House, supervisor: Supervisor): Promise<void> {
  const { call, plan } = house
  const { signal } = call.io
  takeReloads(house, supervisor)
  call.io.note(`starting ${house.parts.map(({ name }) => name).join(', ')} ...`)
  const begun = systemClock.monotonicMs()
  await Promise.race([supervisor.start(), untilStopped(signal)])
  if (signal.aborted) return
  call.io.note(`all parts are ready after ${((systemClock.monotonicMs() - begun) / 1000).toFixed(1)} s`)
  const endCanaries = sendCanaries(house, supervisor)
  const endWatch = runsHere(plan, 'alerts') ? watchAlerts(house, supervisor) : (): void => undefined
  const endDepends = noteDepends(plan.compiled.dataDir, house.own.log)
  signal.addEventListener(
    'abort',
    () => {
      endCanaries()
      endWatch()
      endDepends()
    },
    { once: true },
  )
  await printBanner({ call, dataDir: plan.compiled.dataDir, demo: plan.demo, parts: supervisor.status() })
  await (plan.demo || (call.flag('live') && runsHere(plan, 'collector'))
    ? showLive(plan.compiled.dataDir, call.io, signal)
    : untilStopped(signal))
}

async function stopAll(own: PartContext<object>, supervisor: Supervisor | undefined, io: Io): Promise<void> {
  const begun = systemClock.monotonicMs()
  if (supervisor !== undefined) io.note('stopping ...')
  await supervisor?.stop()
  await own.stop()
  if (supervisor !== undefined)
    io.note(`stopped after ${((systemClock.monotonicMs() - begun) / 1000).toFixed(1)} s`)
}

/** `sevenfold up`: checks, compiles, starts, shows, and on Ctrl-C stops everything in order. */
export async function runUp(call: Call): Promise<number> {
  const { io } = call
  // From here on Ctrl-C is ours.
  const { signal } = io
  const warning = checkNode(process.versions.node)
  if (call.flag('demo')) setFlagsFromString('--no-opt') // as for its parts: nothing here is worth compiling twice
  const plan = await planUp(call)
  checkDataFolder(plan.compiled.dataDir)
  const own = await startOwnPart(plan.compiled.dataDir, digestOf(plan.compiled), runsHere(plan, 'ledger'))
  let supervisor: Supervisor | undefined
  if (warning !== undefined) io.note(`sevenfold: warning: ${warning}`)
  try {
    await prepare(plan)
    const house: House = { call, plan, own, parts: plan.parts() }
    supervisor = makeSupervisor(house)
    await runHouse(house, supervisor)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await stopAll(own, supervisor, io)
  }
  return exitCodes.ok
}
