import { basename } from 'node:path'
import { agentFlags } from './node-child.ts'

// Programs that are Node or start it.
const nodeLike = /^(?:node|nodejs|npm|npx|pnpm|pnpx|yarn|tsx|ts-node|nodemon|pm2)(?:\.exe|\.cmd)?$/i
const cleaning =
  /\benv\s+(?:-i|-|--ignore-environment)(?:\s|$)|\bunset\s[^;&|]*\bNODE_OPTIONS\b|\bNODE_OPTIONS=|\bsudo\b/
const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash'])
// Words before the program that a line really runs.
const prefix = /^(?:exec|env|nohup|nice|time|sudo|command)$/

/** A call whose line a shell reads. */
export interface ShellCall {
  readonly args: unknown[]
  /** Set when the line starts Node and cannot be given the agent. */
  readonly isUnprotected: boolean
}

interface ShellOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly shell?: unknown
}

function optionsIn(args: readonly unknown[]): ShellOptions | undefined {
  return args.find(
    (arg): arg is ShellOptions => typeof arg === 'object' && arg !== null && !Array.isArray(arg),
  )
}

/** The line that a shell will read; undefined for a program without one. */
export function shellLineOf(args: readonly unknown[], isLine: boolean): string | undefined {
  const [file, list] = args
  if (typeof file !== 'string') return undefined
  const words = Array.isArray(list) ? list.filter((word) => typeof word === 'string') : []
  const shell = optionsIn(args)?.shell
  if (isLine || (shell !== undefined && shell !== false)) return [file, ...words].join(' ')
  if (!shells.has(basename(file))) return undefined
  const option = words.findIndex((word) => /^-\w*c\w*$/.test(word))
  return option < 0 ? undefined : words[option + 1]
}

/** Does one of a line's commands run Node, behind assignments, `env`, `nohup` and the like? */
function startsNode(line: string): boolean {
  return line.split(/[;&|()\n]+/).some((command) => {
    const words = command.trim().split(/\s+/)
    const program = words.find((word) => !prefix.test(word) && !/^-|^\w+=/.test(word)) ?? ''
    return nodeLike.test(basename(program.replaceAll(/["']/g, '')))
  })
}

/** How NODE_OPTIONS takes a path with spaces: in quotes. */
function optionOf([name = '', target = '']: readonly string[]): string {
  const value = /\s/.test(target) ? `"${target.replaceAll('\\', '\\\\')}"` : target
  return `${name}=${value}`
}

/** Gives the agent to Node processes that a shell's line starts, whatever environment it is given. */
export function protectShellCall(args: unknown[], isLine: boolean): ShellCall {
  const line = shellLineOf(args, isLine)
  if (line === undefined || !startsNode(line)) return { args, isUnprotected: false }
  const flags = agentFlags(process.execArgv, process.env['NODE_OPTIONS'] ?? '')
  if (flags.length === 0 || cleaning.test(line)) return { args, isUnprotected: true }
  const options = optionsIn(args)
  const given = options?.env ?? process.env
  const nodeOptions = given['NODE_OPTIONS'] ?? ''
  const isGiven = nodeOptions.includes(flags[1] ?? '')
  if (isGiven && options?.env === undefined) return { args, isUnprotected: false }
  const settings = Object.entries(process.env).filter(([name]) => name.startsWith('SEVENFOLD_RUNTIME_'))
  const env = {
    ...Object.fromEntries(settings),
    ...given,
    NODE_OPTIONS: isGiven ? nodeOptions : `${nodeOptions} ${optionOf(flags)}`.trim(),
  }
  const own = { ...options, env }
  if (options !== undefined)
    return { args: args.map((arg) => (arg === options ? own : arg)), isUnprotected: false }
  // Options stand before the callback, after the list of arguments where there is one.
  const at = args.findIndex((arg, i) => i > 0 && !Array.isArray(arg))
  return {
    args: at < 0 ? [...args, own] : args.toSpliced(at, replacedAt(args[at]), own),
    isUnprotected: false,
  }
}

/** An argument that was left out is replaced; a callback stays behind the options. */
function replacedAt(value: unknown): number {
  return typeof value === 'function' ? 0 : 1
}
