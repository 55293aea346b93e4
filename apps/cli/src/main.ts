import { processIo } from './program/io.ts'
import { commands } from './program/commands.ts'
import { run } from './program/run.ts'

// A reader that goes away (`sevenfold events | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 3)
})
process.exitCode = await run(commands, process.argv.slice(2), processIo())
