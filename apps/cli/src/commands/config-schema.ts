import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold config schema`. */
export const configSchema: Command = {
  name: 'config schema',
  summary: 'print the JSON Schema of sevenfold.yaml, or its reference in Markdown',
  options: { format: { type: 'string', value: 'FORM', help: 'json or markdown', default: 'json' } },
  examples: ['sevenfold config schema > sevenfold.schema.json', 'sevenfold config schema --format markdown'],
  run: async (call) => {
    const format = call.text('format') ?? 'json'
    if (format !== 'json' && format !== 'markdown')
      throw usageError(`there is no form ${format}`, 'forms are json, markdown')
    const { configJsonSchema, configMarkdown } = await import('@sevenfold/config')
    call.io.out(
      format === 'json' ? JSON.stringify(configJsonSchema(), undefined, 2) : configMarkdown().trimEnd(),
    )
    return 0
  },
}
