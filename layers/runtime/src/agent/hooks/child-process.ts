import childProcess from 'node:child_process'
import { EventEmitter } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { promisify } from 'node:util'
import type { Agent } from '../agent.ts'
import type { ProfileKeeper } from '../profile/profile-keeper.ts'
import type { RefusedError } from '../refusal.ts'
import { judgeCarriedCommand, judgeProgram, judgeShell, programsOfLine } from '../judges/judge-command.ts'
import { currentRequest } from '../request-context.ts'
import { protectNodeCall } from './node-child.ts'
import { protectShellCall } from './shell-node.ts'
import { patch, patchBelow, rejected } from './patch.ts'
import type { AnyFunction } from './patch.ts'

interface ShellOption {
  readonly shell?: boolean | string
}

function optionsIn(args: readonly unknown[]): ShellOption {
  return args.find((arg) => typeof arg === 'object' && arg !== null && !Array.isArray(arg)) ?? {}
}

function argumentsIn(args: readonly unknown[]): readonly string[] {
  const list = args.find((arg) => Array.isArray(arg)) as readonly unknown[] | undefined
  return list?.filter((arg) => typeof arg === 'string') ?? []
}

/** The agent and what it has learned. */
interface Guards {
  readonly agent: Agent
  readonly keeper: ProfileKeeper
}

/** Judges a call of exec and execSync: always a shell. */
function checkLine({ agent, keeper }: Guards, sink: string, command: string): RefusedError | null {
  agent.observe({ kind: 'line', sink, text: command })
  return (
    agent.check(sink, (context) => {
      const inputs = context.inputs()
      return judgeShell(command, inputs) ?? judgeCarriedCommand(command, inputs)
    }) ?? keeper.checkLine(sink, command, programsOfLine(command))
  )
}

/** Judges a call of spawn, execFile and their synchronous forms. */
function checkProgram(guards: Guards, sink: string, args: readonly unknown[]): RefusedError | null {
  const [file] = args
  if (typeof file !== 'string') return null // Node says what is wrong with it
  const list = argumentsIn(args)
  const shell = optionsIn(args).shell
  if (shell !== undefined && shell !== false) return checkLine(guards, sink, [file, ...list].join(' '))
  guards.agent.observe({ kind: 'program', sink, text: file, args: list })
  return (
    guards.agent.check(sink, (context) => judgeProgram({ file, args: list }, context.inputs())) ??
    guards.keeper.checkProgram(sink, file, list)
  )
}

/** A child that never ran: it emits `error` and `close`, as one that could not be started does. */
function failedChild(error: Error): EventEmitter {
  const ended = (): Readable => Readable.from([])
  const stdin = new Writable({ write: (_chunk, _encoding, done) => done() })
  const [stdout, stderr] = [ended(), ended()]
  const child = Object.assign(new EventEmitter(), {
    pid: undefined,
    stdin,
    stdout,
    stderr,
    stdio: [stdin, stdout, stderr],
    exitCode: null,
    signalCode: null,
    connected: false,
    killed: false,
    kill: () => false,
    send: () => false,
    disconnect: () => undefined,
    ref: () => undefined,
    unref: () => undefined,
  })
  process.nextTick(() => {
    // An error event without a listener would end the process.
    if (child.listenerCount('error') > 0) child.emit('error', error)
    child.emit('close', -1, null)
  })
  return child
}

function throwing(
  check: (args: readonly unknown[]) => RefusedError | null,
): (original: AnyFunction) => AnyFunction {
  return (original) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const refusal = check(args)
      if (refusal !== null) throw refusal
      return original.apply(this, args)
    }
}

const unprotectedChild = {
  package: 'node (child process)',
  why: 'it was started without the agent, which was not loaded by an option of Node here',
}
const unprotectedLine = {
  package: 'node (shell line)',
  why: 'a shell started it in an environment of its own, or the agent was not loaded by an option of Node here',
}

interface ChildKind {
  readonly isFork: boolean
  /** The first argument is a shell's line. */
  readonly isLine: boolean
}

/** Adds the agent to children that are Node, and says so where that cannot be done. */
function prepared(agent: Agent, args: unknown[], { isFork, isLine }: ChildKind): unknown[] {
  if (agent.mode === 'off') return args
  try {
    const own = isLine ? { args, isUnprotected: false } : protectNodeCall(args, isFork)
    const call = own.args === args && !own.isUnprotected && !isFork ? protectShellCall(args, isLine) : own
    agent.inventory.add('programs', String(args[0]).slice(0, 200))
    if (call.isUnprotected) agent.unprotected.add(call === own ? unprotectedChild : unprotectedLine)
    return call.args
  } catch (error) {
    agent.fault(error, 'child')
    return args
  }
}

/** Starts children with the agent: on top of the judges, which see what the application asked for. */
function preparing(agent: Agent, kind: ChildKind): (original: AnyFunction) => AnyFunction {
  return (original) =>
    function (this: unknown, ...args: unknown[]): unknown {
      return original.apply(this, prepared(agent, args, kind))
    }
}

type Check = (args: readonly unknown[]) => RefusedError | null

function emitting(check: Check): (original: AnyFunction) => AnyFunction {
  return (original) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const refusal = check(args)
      const callback = args.at(-1)
      if (refusal === null) {
        if (typeof callback === 'function') args[args.length - 1] = currentRequest.bind(callback)
        return original.apply(this, args)
      }
      // Callers put the output together whether or not there was an error.
      if (typeof callback === 'function') process.nextTick(callback, refusal, '', '')
      return failedChild(refusal)
    }
}

/** `util.promisify` uses a function of its own for these, which must be guarded as well. */
function promisifiable(check: Check): (original: AnyFunction) => AnyFunction {
  return (original) => {
    const wrapper = emitting(check)(original)
    const native = (original as unknown as Record<symbol, AnyFunction | undefined>)[promisify.custom]
    if (native === undefined) return wrapper
    return Object.defineProperty(wrapper, promisify.custom, {
      value(this: unknown, ...args: unknown[]): unknown {
        const refusal = check(args)
        return refusal === null
          ? native.apply(this, args)
          : Object.assign(rejected(refusal), { child: failedChild(refusal) })
      },
    })
  }
}

/** Every way to start a process. */
export function hookChildProcess(agent: Agent, keeper: ProfileKeeper): void {
  const guards: Guards = { agent, keeper }
  const line = (args: readonly unknown[]): RefusedError | null =>
    typeof args[0] === 'string' ? checkLine(guards, 'child_process.exec', args[0]) : null
  const program = (args: readonly unknown[]): RefusedError | null =>
    checkProgram(guards, 'child_process.spawn', args)
  const spawnSyncResult = (original: AnyFunction): AnyFunction =>
    function (this: unknown, ...args: unknown[]): unknown {
      const error = program(args)
      if (error === null) return original.apply(this, args)
      return {
        pid: 0,
        output: [],
        stdout: Buffer.alloc(0),
        stderr: Buffer.alloc(0),
        status: null,
        signal: null,
        error,
      }
    }
  // Below the judges: what they see is what the application asked for.
  for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork', 'exec', 'execSync'])
    patchBelow(
      childProcess,
      name,
      preparing(agent, { isFork: name === 'fork', isLine: name === 'exec' || name === 'execSync' }),
    )
  patch(childProcess, 'execSync', throwing(line))
  patch(childProcess, 'execFileSync', throwing(program))
  patch(childProcess, 'spawnSync', spawnSyncResult)
  patch(childProcess, 'exec', promisifiable(line))
  patch(childProcess, 'execFile', promisifiable(program))
  patch(childProcess, 'spawn', emitting(program))
  patch(childProcess, 'fork', emitting(program))
}
