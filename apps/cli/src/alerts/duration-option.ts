import { usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'

/** Milliseconds of an option such as `30m`; undefined when it is absent. @throws CliError for another form. */
export async function durationOption(call: Call, option: string): Promise<number | undefined> {
  const text = call.text(option)
  if (text === undefined) return undefined
  const { parseDuration } = await import('@sevenfold/config')
  const ms = parseDuration(text)
  if (ms === undefined || ms <= 0)
    throw usageError(`--${option} must look like 30m or 7d`, `for example --${option} 2h`)
  return ms
}
