import type { Command, Listed, OptionSpec } from './command.ts'

const common: Readonly<Record<string, OptionSpec>> = {
  json: { type: 'boolean', help: 'print JSON' },
  help: { type: 'boolean', short: 'h', help: 'print this help' },
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

function optionRow([name, spec]: readonly [string, OptionSpec]): readonly [string, string] {
  const short = spec.short === undefined ? '' : `-${spec.short}, `
  const value = spec.value === undefined ? '' : ` ${spec.value}`
  const byDefault = spec.default === undefined ? '' : ` (default ${spec.default})`
  return [`${short}--${name}${value}`, `${spec.help}${byDefault}`]
}

/** First line of a command's help. */
export function usageLine(command: Command): string {
  const { words } = command
  const name = words === undefined ? '' : words.min === 0 ? ` [${words.name}]` : ` ${words.name}`
  return `sevenfold ${command.name}${name} [options]`
}

/** Help of one command: usage, meaning, options, exit codes, examples. */
export function commandHelp(command: Command): string {
  const lines = [`usage: ${usageLine(command)}`, '', command.summary]
  if (command.details !== undefined) lines.push('', command.details)
  if (command.words !== undefined) lines.push('', ...columns([[command.words.name, command.words.help]]))
  lines.push('', 'options:', ...columns(Object.entries({ ...command.options, ...common }).map(optionRow)))
  const exits = { 0: 'fine', 2: 'called wrongly', 3: 'the surroundings do not let it work', ...command.exits }
  lines.push('', 'exit codes:', ...columns(Object.entries(exits).map(([code, meaning]) => [code, meaning])))
  lines.push('', command.examples.length === 1 ? 'example:' : 'examples:')
  return [...lines, ...command.examples.map((example) => `  ${example}`)].join('\n')
}

/** Help of the program, or of a group such as `config`. */
export function programHelp(listed: readonly Listed[], group = ''): string {
  const inGroup = listed.filter(({ name }) => group === '' || name.startsWith(`${group} `))
  return [
    `usage: sevenfold ${group === '' ? '' : `${group} `}<command> [options]`,
    '',
    ...(group === '' ? ['Layered defence for web services, and the proof of it.', ''] : []),
    'commands:',
    ...columns(inGroup.map(({ name, summary }) => [name, summary])),
    '',
    'every command has --help with an example, and --json',
    'exit codes: 0 fine, 1 findings, 2 called wrongly, 3 the surroundings do not let it work',
    '',
    'examples:',
    ...(group === ''
      ? ['  sevenfold up --demo', '  sevenfold init --upstream http://127.0.0.1:3000']
      : [`  sevenfold ${inGroup[0]?.name ?? group} --help`]),
  ].join('\n')
}
