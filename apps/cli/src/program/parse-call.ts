import { parseArgs } from 'node:util'
import { usageError } from './cli-error.ts'
import type { Call, Command, OptionSpec } from './command.ts'
import type { Io } from './io.ts'

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

function parserOption(spec: OptionSpec) {
  return {
    type: spec.type,
    multiple: spec.multiple === true,
    ...(spec.short === undefined ? {} : { short: spec.short }),
  }
}

function parse(command: Command, args: readonly string[]): { values: Values; positionals: string[] } {
  const known = Object.entries(command.options ?? {})
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(known.map(([name, spec]) => [name, parserOption(spec)])),
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    // "Unknown option '--x'. To specify a positional …": the first sentence is the message.
    const message = error instanceof Error ? (error.message.split('. ', 1)[0] ?? '') : 'bad arguments'
    throw usageError(
      message.charAt(0).toLowerCase() + message.slice(1),
      `see sevenfold ${command.name} --help`,
    )
  }
}

function checkWords(command: Command, words: readonly string[]): void {
  const { min = 0, max = 0, name = '' } = command.words ?? {}
  const hint = `see sevenfold ${command.name} --help`
  if (words.length < min) throw usageError(`${name} is missing`, hint)
  if (words.length > max) throw usageError(`unexpected argument ${words[max] ?? ''}`, hint)
}

/**
 * Reads the arguments of a command. `help` is set when help was asked for, and then nothing else is checked.
 * @throws CliError usage.
 */
export function parseCall(
  command: Command,
  args: readonly string[],
  io: Io,
): Call & { readonly help: boolean } {
  const { values, positionals } = parse(command, args)
  const help = values['help'] === true
  if (!help) checkWords(command, positionals)
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  return {
    words: positionals,
    json: values['json'] === true,
    help,
    io,
    flag: (option) => values[option] === true,
    text: (option) => text(values[option]),
    texts: (option) => {
      const value = values[option]
      return (Array.isArray(value) ? value : [value]).flatMap((one) => text(one) ?? [])
    },
  }
}
