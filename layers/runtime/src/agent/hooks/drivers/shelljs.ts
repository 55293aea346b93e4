import type { Agent } from '../../agent.ts'
import { judgeShell } from '../../judges/judge-command.ts'
import { patch } from '../patch.ts'

/** What a shell gives for a command that may not run (POSIX.1-2017, Shell Command Language, section 2.8.2). */
const notRun = 126

function isSynchronous(args: readonly unknown[]): boolean {
  return !args.some(
    (arg) =>
      typeof arg === 'function' ||
      (typeof arg === 'object' && arg !== null && 'async' in arg && arg.async === true),
  )
}

/**
 * shelljs: its synchronous `exec` hands the command to a child in a file, past every function that starts programs. A
 * refused one ends as a failed command does, which throws nothing.
 */
export function hookShelljs(agent: Agent, exported: unknown): void {
  const sink = 'shelljs.exec'
  patch(
    exported,
    'exec',
    (exec) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const [line] = args
        if (typeof line !== 'string' || !isSynchronous(args)) return exec.apply(this, args)
        agent.observe({ kind: 'line', sink, text: line })
        const refusal = agent.check(sink, (context) => judgeShell(line, context.inputs()))
        if (refusal === null) return exec.apply(this, args)
        return Object.assign(Object(''), { stdout: '', stderr: refusal.message, code: notRun })
      },
  )
}
