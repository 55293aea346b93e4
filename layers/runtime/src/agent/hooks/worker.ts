import workers from 'node:worker_threads'
import type { Agent } from '../agent.ts'
import { judgeCarriedCode, judgeCode } from '../judges/judge-code.ts'
import { agentFlags } from './node-child.ts'

interface WorkerOptions {
  readonly eval?: boolean
  readonly execArgv?: readonly string[]
}

/** Node preloads `--import` in threads that run a file, and not in those that run a text; `-r` works in both. */
function optionsFor(options: WorkerOptions): WorkerOptions {
  const [name, target] = agentFlags(process.execArgv, process.env['NODE_OPTIONS'] ?? '')
  if (target === undefined || (options.eval !== true && options.execArgv === undefined)) return options
  const given = options.execArgv ?? process.execArgv
  if (options.execArgv !== undefined && given.some((word) => word.includes(target))) return options
  return {
    ...options,
    execArgv: options.eval === true ? ['-r', target, ...given] : [name ?? '-r', target, ...given],
  }
}

/** What a thread does not take of the options of its process: those of V8, and those of the process as a whole. */
function refusedFlags(error: unknown): readonly string[] {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') return []
  return String(message)
    .slice(String(message).indexOf(':') + 1)
    .split(',')
    .map((flag) => flag.trim())
}

/** Makes the thread, without the options that it does not take; a thread without the agent is better than none. */
function construct(
  make: (options: WorkerOptions) => object,
  own: WorkerOptions,
  options: WorkerOptions,
): object {
  if (own === options) return make(options)
  try {
    return make(own)
  } catch (error) {
    const refused = refusedFlags(error)
    if (refused.length === 0 || options.execArgv !== undefined) throw error
    const execArgv = own.execArgv?.filter((word) => !refused.includes(word)) ?? []
    try {
      return make({ ...own, execArgv })
    } catch {
      return make(options)
    }
  }
}

/** Threads: code from outside is refused, and each gets an agent of its own. */
export function hookWorkers(agent: Agent): void {
  const native = workers.Worker
  const guarded = function (this: unknown, ...args: unknown[]): unknown {
    const [code, given] = args
    const options: WorkerOptions = typeof given === 'object' && given !== null ? given : {}
    if (options.eval === true && typeof code === 'string') {
      const refusal = agent.check('worker_threads.Worker', (context) => {
        const inputs = context.inputs()
        return judgeCode(code, inputs) ?? judgeCarriedCode(code, inputs)
      })
      if (refusal !== null) throw refusal // as for options that it does not take
    }
    const target = (new.target as unknown) === guarded || new.target === undefined ? native : new.target
    const own = agent.mode === 'off' ? options : optionsFor(options)
    const make = (chosen: WorkerOptions): object =>
      Reflect.construct(native, chosen === options ? args : [code, chosen], target) as object
    return construct(make, own, options)
  } as unknown as typeof workers.Worker
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(native))
  Object.setPrototypeOf(guarded, Object.getPrototypeOf(native))
  workers.Worker = guarded
}
