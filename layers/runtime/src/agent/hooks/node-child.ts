import { basename } from 'node:path'

const names = /^node(?:\.exe)?$/i
const loading = new Set(['--import', '-r', '--require'])

/** How this process was told to load the agent, as arguments for another one; empty when nobody can tell. */
export function agentFlags(execArgv: readonly string[], nodeOptions: string): readonly string[] {
  const words = [...execArgv, ...nodeOptions.split(/\s+/)]
  for (const [i, word] of words.entries()) {
    const [name = '', inline] = word.split('=', 2)
    const target = inline ?? words[i + 1] ?? ''
    if (loading.has(name) && /sevenfold|runtime[/\\](?:dist|src)[/\\]register/.test(target))
      return [name, target]
  }
  return []
}

/** A call that starts a program: `file, args?, options?`. */
export interface NodeCall {
  readonly args: unknown[]
  /** Set when the child is Node and cannot be given the agent. */
  readonly isUnprotected: boolean
}

interface ChildOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly execArgv?: readonly string[]
}

function isNode(file: unknown): boolean {
  return typeof file === 'string' && (file === process.execPath || names.test(basename(file)))
}

/** Gives the settings of this process to an environment that was cleaned. */
function withSettings(options: ChildOptions): ChildOptions {
  if (options.env === undefined) return options
  const own = Object.entries(process.env).filter(([name]) => name.startsWith('SEVENFOLD_RUNTIME_'))
  return { ...options, env: { ...Object.fromEntries(own), ...options.env } }
}

/** Adds the agent to a Node process that would start without it. */
export function protectNodeCall(call: unknown[], isFork: boolean): NodeCall {
  const [file, second, third, ...rest] = call
  if (!isFork && !isNode(file)) return { args: call, isUnprotected: false }
  const flags = agentFlags(process.execArgv, process.env['NODE_OPTIONS'] ?? '')
  const list = Array.isArray(second) ? (second as unknown[]) : []
  const given = Array.isArray(second) ? third : second
  const options = (typeof given === 'object' && given !== null ? given : {}) as ChildOptions
  const nodeOptions = (options.env ?? process.env)['NODE_OPTIONS'] ?? ''
  const has = (words: readonly unknown[]): boolean =>
    flags[1] !== undefined && words.some((word) => typeof word === 'string' && word.includes(flags[1] ?? ''))
  const inherits = isFork && options.execArgv === undefined && has(process.execArgv)
  if (has([nodeOptions]) || has(list) || inherits) {
    const own = withSettings(options)
    return { args: own === options ? call : replaceOptions(call, own), isUnprotected: false }
  }
  if (flags.length === 0) return { args: call, isUnprotected: true }
  const settled = withSettings(options)
  if (isFork) {
    const execArgv = [...flags, ...(options.execArgv ?? process.execArgv)]
    return { args: replaceOptions(call, { ...settled, execArgv }), isUnprotected: false }
  }
  const callback = [third, ...rest].filter((arg) => typeof arg === 'function')
  const own = typeof second === 'function' ? [second] : callback
  return {
    args: [
      file,
      [...flags, ...list],
      ...(given === undefined || typeof given === 'function' ? [] : [settled]),
      ...own,
    ],
    isUnprotected: false,
  }
}

function replaceOptions(call: readonly unknown[], options: ChildOptions): unknown[] {
  const at = call.findIndex((arg) => typeof arg === 'object' && arg !== null && !Array.isArray(arg))
  return at < 0 ? [...call, options] : call.toSpliced(at, 1, options)
}
