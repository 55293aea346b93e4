import { commandHelp, programHelp } from '../src/program/help-text.ts'
import { commands } from '../src/program/commands.ts'

/** docs/cli.md: the help of every command, as the program prints it. */
export async function cliMarkdown(): Promise<string> {
  const loaded = await Promise.all(commands.map(async ({ load }) => await load()))
  const sections = loaded.map(
    (command) => `## sevenfold ${command.name}\n\n\`\`\`text\n${commandHelp(command)}\n\`\`\`\n`,
  )
  const head = `# Commands

<!-- Made from the program's own help (SEVENFOLD_UPDATE=1 npx vitest run --project cli). Do not edit: a test compares. -->

Results go to standard output, progress and errors to standard error. Text that came from outside is escaped before it
reaches a terminal; colours only on a terminal and without \`NO_COLOR\`. Commands find the data folder by \`--data\`,
\`SEVENFOLD_DATA\`, the configuration, or \`./.sevenfold\`.

\`\`\`text
${programHelp(commands)}
\`\`\`
`
  return [head, ...sections].join('\n')
}
