import Module from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { isMainThread } from 'node:worker_threads'
import { runsModule } from './main-file.ts'

/** V8's own limit, in bytes of bytecode, in all versions of Node that the agent runs on (`node --v8-options`). */
const usualLimit = 61_440
/**
 * Below the search for names (2,032 bytes in Node 20, 1,727 in Node 22) and above nearly everything else: V8 never
 * optimises a function that was beyond the limit when it began to note what the function does.
 */
const pausedLimit = 1_500
const option = /^--max[-_]optimized[-_]bytecode[-_]size\b/

/** Is it a CommonJS file that is going to be run, under a limit that nobody has chosen? What was chosen is not ours to put back. */
function isUsual(): boolean {
  const [, entry] = process.argv
  return (
    entry !== undefined && !runsModule(entry) && !process.execArgv.some((argument) => option.test(argument))
  )
}

function setLimit(bytes: number): void {
  setFlagsFromString(`--max-optimized-bytecode-size=${bytes}`)
}

/**
 * Lets V8 optimise nothing large until the application's first file is loaded, or until the event loop has turned once.
 *
 * With `--import`, Node looks through a CommonJS main file for the names it exports, which nobody imports. V8 finds that
 * search busy and compiles it on another thread, for 30 ms of CPU or so, while it is done already. In a worker thread
 * nothing is paused: the limit is that of the process.
 */
export function pauseOptimising(): void {
  if (!isMainThread || !isUsual()) return
  const loader = Module.prototype as unknown as { load(this: unknown, ...args: unknown[]): unknown }
  const { load } = loader
  let turned: NodeJS.Immediate | undefined
  const resume = (): void => {
    setLimit(usualLimit)
    clearImmediate(turned)
    if (loader.load === first) loader.load = load
  }
  function first(this: unknown, ...args: unknown[]): unknown {
    resume()
    return load.apply(this, args)
  }
  if (!Reflect.set(loader, 'load', first)) return // frozen: nothing would tell that the application is loaded
  turned = setImmediate(resume)
  setLimit(pausedLimit)
}
