import { runProveCommand } from './command/run-prove-command.ts'

// The proof as a program of its own; `sevenfold prove` calls the same function.
const abort = new AbortController()
process.on('SIGINT', () => abort.abort())
process.on('SIGTERM', () => abort.abort())
const { stdout, stderr } = process
process.exitCode = await runProveCommand(process.argv.slice(2), { stdout, stderr, signal: abort.signal })
