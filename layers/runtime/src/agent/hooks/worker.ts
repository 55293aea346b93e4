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
    return Reflect.construct(native, own === options ? args : [code, own], target)
  } as unknown as typeof workers.Worker
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(native))
  Object.setPrototypeOf(guarded, Object.getPrototypeOf(native))
  workers.Worker = guarded
}
