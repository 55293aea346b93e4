import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'
import { findZones } from '../inputs/zones.ts'
import { readShell } from '../lexers/shell-spans.ts'
import { kinds } from '../lexers/spans.ts'

// What makes a shell do more than pass a word on (POSIX.1-2017, Shell Command Language, section 2.2).
const meta = /[;&|<>()\n\r{}*?[\]]/
// A home folder, a comment and a negation: only where a word begins (2.6.1, 2.3, 2.9.2); `HEAD~1` is a name.
const wordMark = /[~!#]/
const beforeWord = /[\s;&|(:=]/

function isMeta(command: string, at: number): boolean {
  const mark = command[at] ?? ''
  if (wordMark.test(mark)) return at === 0 || beforeWord.test(command[at - 1] ?? '')
  return meta.test(mark)
}

/** Judges a line that a shell will read. */
export function judgeShell(command: string, inputs: Iterable<string>): Finding | null {
  const zones = findZones(command, inputs, { isShortEnough: true })
  if (zones.length === 0) return null
  const spans = readShell(command)
  for (const { start, end, isWhole } of zones) {
    for (let i = start; i < end; i += 1) {
      const kind = spans.at(i)
      if (kind === kinds.expansion || (kind === kinds.code && isMeta(command, i)))
        return finding('command-injection', command.slice(start, end), 'an input is read as shell syntax')
    }
    if (isWhole && start === 0 && end === command.length) {
      return finding('command-injection', command, 'an input is the whole command')
    }
  }
  return null
}

/** The programs that a shell's line names: the first word of each command in it. */
export function programsOfLine(command: string): readonly string[] {
  const spans = readShell(command)
  const programs: string[] = []
  let isStart = true
  for (let i = 0; i < command.length; i += 1) {
    const mark = command[i] ?? ''
    if (spans.at(i) === kinds.code && /[;&|(\n]/.test(mark)) isStart = true
    else if (isStart && !/\s/.test(mark)) {
      const word = /^[^\s;&|()<>]+/.exec(command.slice(i))?.[0] ?? ''
      programs.push(word)
      isStart = false
    }
  }
  return programs
}

const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash', 'busybox'])
// Programs that only print their arguments.
const printers = new Set(['echo', 'printf'])

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1)
}

/** A call of a program without a shell. */
export interface ProgramCall {
  readonly file: string
  readonly args: readonly string[]
}

function commandOfShell({ file, args }: ProgramCall): string | undefined {
  if (!shells.has(baseName(file))) return undefined
  const option = args.findIndex((arg) => /^-\w*c\w*$/.test(arg))
  return option < 0 ? undefined : args[option + 1]
}

// Words that do more than to be looked for: an option, a path.
const telling = /^-|[/\\]|^\.\.?$/

/** An input whose words became several arguments one after the other, one of them an option or a path. */
function splitInput(args: readonly string[], inputs: Iterable<string>): string | undefined {
  for (const input of inputs) {
    if (!/\s/.test(input) || input.length > 4096) continue
    const words = input.trim().split(/\s+/)
    if (words.length < 2 || words.length > args.length || !words.some((word) => telling.test(word))) continue
    for (let at = 0; at + words.length <= args.length; at += 1)
      if (words.every((word, index) => args[at + index] === word)) return input
  }
  return undefined
}

/** Judges a program and its arguments: a shell's command line, a program chosen from outside, an option from outside. */
export function judgeProgram(call: ProgramCall, inputs: ReadonlySet<string>): Finding | null {
  const line = commandOfShell(call)
  if (line !== undefined) return judgeShell(line, inputs)
  if (/[/\\]/.test(call.file) && inputs.has(call.file)) {
    return finding('command-injection', call.file, 'an input chooses the program')
  }
  if (printers.has(baseName(call.file))) return null
  const split = splitInput(call.args, inputs)
  if (split !== undefined)
    return finding('command-injection', split, 'an input was split into several arguments')
  const option = call.args.find((arg) => arg.length > 1 && arg.startsWith('-') && inputs.has(arg))
  return option === undefined
    ? null
    : finding('command-injection', option, 'an input is an option of a program')
}

/**
 * Code that runs inside the application hides how its input arrived; a command that stands as a whole inside an input
 * was written by whoever sent it.
 */
export function judgeCarriedCommand(command: string, inputs: Iterable<string>): Finding | null {
  if (command.length < 2) return null
  for (const input of inputs) {
    if (
      input.length > command.length &&
      /[`'"(]/.test(input) &&
      input.includes(command) &&
      /exec|spawn|fork|process|require/.test(input)
    ) {
      return finding('code-injection', input, 'an input carries code that starts a program')
    }
  }
  return null
}
