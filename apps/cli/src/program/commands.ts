import type { Listed } from './command.ts'

/**
 * Every command, in the order of the help. Names and summaries stand here so that help needs no command's code;
 * a test compares them with the commands.
 */
export const commands: readonly Listed[] = [
  {
    name: 'up',
    summary: 'start every part and keep it running, in the foreground',
    load: async () => (await import('../commands/up.ts')).up,
  },
  {
    name: 'init',
    summary: 'write a commented sevenfold.yaml for a service of yours',
    load: async () => (await import('../commands/init.ts')).init,
  },
  {
    name: 'config check',
    summary: 'report everything that is wrong with a configuration, with places',
    load: async () => (await import('../commands/config-check.ts')).configCheck,
  },
  {
    name: 'config show',
    summary: 'print what each part will run with',
    load: async () => (await import('../commands/config-show.ts')).configShow,
  },
  {
    name: 'config schema',
    summary: 'print the JSON Schema of sevenfold.yaml, or its reference in Markdown',
    load: async () => (await import('../commands/config-schema.ts')).configSchema,
  },
  {
    name: 'version',
    summary: 'print the versions of sevenfold and node',
    load: async () => (await import('../commands/version.ts')).version,
  },
]
