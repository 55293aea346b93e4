import { exec, execFile } from 'node:child_process'

/** Longest run of a tool, in milliseconds. */
export const toolTimeoutMs = 3000

const maxOutputBytes = 256 << 10

/** Runs a shell line in `cwd` and gives what it printed, errors included; a failing tool is no error here. */
export function runShell(line: string, cwd: string): Promise<string> {
  return new Promise((resolve) => {
    exec(line, { cwd, timeout: toolTimeoutMs, maxBuffer: maxOutputBytes }, (_error, stdout, stderr) => {
      resolve(stdout + stderr)
    })
  })
}

/** Runs a program without a shell; `input` goes to its standard input. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly input?: string },
): Promise<string> {
  return new Promise((resolve) => {
    const settings = { cwd: options.cwd, timeout: toolTimeoutMs, maxBuffer: maxOutputBytes }
    const child = execFile(program, [...args], settings, (_error, stdout) => resolve(stdout))
    // A program that ends before it has read its input is not an error of the shop.
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input ?? '')
  })
}
