import { join, resolve } from 'node:path'
import type { PartName } from '@sevenfold/event'
import { systemClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { configPath, keepAsLastGood, loadConfigs, readConfigFile } from '../config/part-config.ts'
import type { LoadedConfig } from '../config/part-config.ts'
import { LayerError } from '../error.ts'
import { createLogger } from '../log/logger.ts'
import type { Logger } from '../log/logger.ts'
import type { Layer, Listening, RunningLayer } from './layer.ts'
import type { AppliedConfig, PartContext, ReceiverTarget } from './part-context.ts'
import { startPart } from './start-part.ts'

/** A layer with the house around it. */
export interface StartedLayer<C> {
  readonly context: PartContext<C>
  readonly listening: readonly Listening[]
  /** Stops the layer (at most 3 s), then sends what is left and closes everything. */
  stop(): Promise<void>
}

/** What `startLayer` needs besides the layer. */
export interface StartLayerOptions {
  readonly dataDir: string
  readonly clock?: Clock
  readonly log?: Logger
}

/** Longest time that a layer may take to stop, in milliseconds. */
export const stopTimeoutMs = 3000

/** Where a part's events go unless it says otherwise: the ledger; edge and runtime also to detection, which judges them. */
export function defaultReceivers(dataDir: string, part: PartName): ReceiverTarget[] {
  const target = (name: string): ReceiverTarget => ({ name, socketPath: join(dataDir, name, 'ingest.sock') })
  return part === 'edge' || part === 'runtime' ? [target('ledger'), target('detection')] : [target('ledger')]
}

function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => resolve(undefined))
    work.then(resolve, reject).finally(() => timer.cancel())
  })
}

/** Tries the configurations, best first; a layer that cannot start with one of them starts with the next. */
async function startWithOneOf<C>(
  layer: Layer<C>,
  context: PartContext<C>,
  configs: readonly LoadedConfig<C>[],
): Promise<{ running: RunningLayer<C>; loaded: LoadedConfig<C> }> {
  let last: unknown
  for (const loaded of configs) {
    context.adoptConfig(applied(layer, loaded))
    try {
      return { running: await layer.start(context), loaded }
    } catch (error) {
      last = error
      context.log.error('start-failed', { source: loaded.source, error })
      context.emit(
        context.events.notice('start-failed', `cannot start with the ${loaded.source} configuration`, 70),
      )
    }
  }
  throw last
}

function applied<C>(layer: Layer<C>, { config, digest }: LoadedConfig<C>): AppliedConfig<C> {
  const modes = layer.modes?.(config)
  return { config, digest, ...(modes === undefined ? {} : { modes }) }
}

function saveLastGood<C>(context: PartContext<C>, loaded: LoadedConfig<C>): void {
  if (loaded.source !== 'current') return
  try {
    keepAsLastGood(context.rootDir, context.part, loaded.text)
  } catch (error) {
    context.log.warn('last-good-not-kept', { error })
  }
}

/** Reload: read, check, apply, test; anything that fails leaves the running configuration in force. */
async function reload<C>(
  layer: Layer<C>,
  context: PartContext<C>,
  running: RunningLayer<C>,
): Promise<AppliedConfig<C>> {
  if (running.reload === undefined)
    throw new LayerError('LAYER_CONFIG_INVALID', `${layer.name} takes a new configuration only at its start`)
  const previous = context.config
  const loaded = readConfigFile(configPath(context.rootDir, layer.name), 'current', layer.parseConfig)
  await running.reload(loaded.config)
  const test = await running.selfTest()
  if (!test.ok) {
    await running.reload(previous)
    throw new LayerError(
      'LAYER_CONFIG_INVALID',
      'the self-test fails with the new configuration; the old one is back',
    )
  }
  saveLastGood(context, loaded)
  return applied(layer, loaded)
}

async function testAtStart<C>(context: PartContext<C>, running: RunningLayer<C>): Promise<boolean> {
  const test = await running.selfTest()
  if (test.ok) return true
  context.log.error('selftest-failed', { details: test.details })
  context.emit(context.events.notice('selftest-failed', 'the self-test at the start failed', 80))
  return false
}

function stopOnce<C>(context: PartContext<C>, running: RunningLayer<C>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= within(context.clock, stopTimeoutMs, running.stop())
      .catch((error: unknown) => context.log.error('stop-failed', { error }))
      .then(() => undefined)
    return done
  }
}

/**
 * Starts a layer with its current compiled configuration, its last good one where that cannot be used, or its
 * fallback.
 * @throws LayerError LAYER_CONFIG_MISSING, LAYER_CONFIG_INVALID when there is none at all; as `startPart`; the error
 *   of `layer.start` when it fails with every configuration.
 */
export async function startLayer<C>(layer: Layer<C>, options: StartLayerOptions): Promise<StartedLayer<C>> {
  const clock = options.clock ?? systemClock
  const log = options.log ?? createLogger({ agent: `${layer.name}/main`, clock })
  const problems: unknown[] = []
  const configs = loadConfigs({
    dataDir: options.dataDir,
    part: layer.name,
    parse: layer.parseConfig,
    fallback: layer.fallback,
    onProblem: (error) => {
      problems.push(error)
      log.error('config-passed-over', { error })
    },
  })
  const [best] = configs
  if (best === undefined) throw problems[0]
  const spoolBytes = layer.spoolBytes?.(best.config)
  const context = await startPart({
    part: layer.name,
    dataDir: options.dataDir,
    config: best.config,
    configDigest: best.digest,
    receivers:
      layer.receivers?.(options.dataDir, best.config) ?? defaultReceivers(options.dataDir, layer.name),
    ...(spoolBytes === undefined ? {} : { spoolBytes }),
    clock,
    log,
  })
  try {
    const { running, loaded } = await startWithOneOf(layer, context, configs)
    const stopLayer = stopOnce(context, running)
    context.handle({
      selfTest: () => running.selfTest(),
      reload: () => reload(layer, context, running),
      drain: stopLayer,
    })
    if (await testAtStart(context, running)) saveLastGood(context, loaded)
    context.emit(context.events.notice('started', `started with the ${loaded.source} configuration`))
    const stop = async (): Promise<void> => {
      await stopLayer()
      await context.stop()
    }
    return { context, listening: running.listening ?? [], stop }
  } catch (error) {
    await context.stop()
    throw error
  }
}

/** Writes an error for a person to stderr and sets the exit code of a broken environment. */
function fail(name: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${name}: error: ${message}\n`)
  if (error instanceof LayerError && error.hint !== '') process.stderr.write(`hint: ${error.hint}\n`)
  process.exitCode = 3
}

/** A bug ends the process, after what is known is on disk: the supervisor starts a clean one. */
async function dieOf<C>(started: StartedLayer<C>, error: unknown): Promise<void> {
  started.context.log.error('uncaught', { error })
  process.exitCode = 1
  await started.context.stop().catch(() => undefined) // nothing more can be said than what was logged
  process.exit()
}

function stopOnSignals<C>(started: StartedLayer<C>): void {
  const stop = (): void => {
    void started.stop().finally(() => process.exit())
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // A supervisor that is killed leaves its children running, which is right for a layer; a demo asks otherwise.
  if (process.env['SEVENFOLD_STOP_WITH_PARENT'] === '1') process.once('disconnect', stop)
  process.once('uncaughtException', (error) => void dieOf(started, error))
}

/**
 * Runs a layer as this process: data folder from `SEVENFOLD_DATA` (default `./.sevenfold`), `{type: 'ready', …}` over
 * the IPC channel when there is one, SIGTERM and SIGINT stop it. A failed start sets exit code 3 and says what to do.
 */
export async function runLayer<C>(layer: Layer<C>): Promise<void> {
  const dataDir = resolve(process.env['SEVENFOLD_DATA'] ?? '.sevenfold')
  try {
    const started = await startLayer(layer, { dataDir })
    stopOnSignals(started)
    process.send?.({ type: 'ready', part: layer.name, pid: process.pid, listen: started.listening })
  } catch (error) {
    fail(layer.name, error)
    process.disconnect?.()
  }
}
