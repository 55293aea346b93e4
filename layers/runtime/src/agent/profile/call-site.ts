import { tmpdir } from 'node:os'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Lines of the application that name a place. */
const maxLines = 3
const maxFrames = 40

const ownFolder = fileURLToPath(new URL('.', import.meta.url)).replace(
  /(?:agent[/\\]profile|bundle)[/\\]$/,
  '',
)

/** One line on the stack. */
export interface StackLine {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly name: string
}

function fileOf(site: NodeJS.CallSite): string {
  const name: unknown = site.getFileName()
  if (typeof name !== 'string') return ''
  return name.startsWith('file:') ? fileURLToPath(name) : name
}

/** The stack as V8 gives it, without the agent's own lines and Node's. Empty where errors are frozen. */
export function readStack(): readonly StackLine[] {
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = maxFrames
    Error.prepareStackTrace = (_error, sites) => sites
    const holder: { stack?: unknown } = {}
    Error.captureStackTrace(holder)
    const sites = holder.stack
    if (!Array.isArray(sites)) return []
    const [here, ...callers] = sites as NodeJS.CallSite[]
    // The agent in one file is called on stacks what it was called when V8 compiled it, which may have been elsewhere.
    const own = here === undefined ? '' : fileOf(here)
    return callers
      .map((site) => ({
        file: fileOf(site),
        line: site.getLineNumber() ?? 0,
        column: site.getColumnNumber() ?? 0,
        name: site.getFunctionName() ?? '',
      }))
      .filter(
        ({ file }) => file !== '' && !file.startsWith('node:') && file !== own && !file.startsWith(ownFolder),
      )
  } catch {
    return [] // frozen intrinsics
  } finally {
    try {
      Error.stackTraceLimit = stackTraceLimit
      if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
      else Error.prepareStackTrace = prepareStackTrace
    } catch {
      // frozen: nothing was changed
    }
  }
}

/** Writes a path without what differs between two machines and two runs. */
export function portablePath(path: string): string {
  const here = process.cwd() + sep
  if (path.startsWith(here)) return path.slice(here.length)
  const temporary = tmpdir() + sep
  // Folders that are made anew each time end in random letters.
  if (path.startsWith(temporary))
    return `<tmp>/${path.slice(temporary.length).replace(/^([^/\\]*?)[A-Za-z0-9]{6}(?=[/\\]|$)/, '$1*')}`
  return path
}

const inPackages = /[/\\]node_modules[/\\]/

/** The place that the running code was called from: up to three lines of the application, the nearest first. */
export function callSite(): string {
  const stack = readStack()
  const own = stack.filter(({ file }) => !inPackages.test(file))
  if (own.length > 0)
    return own
      .slice(0, maxLines)
      .map(({ file, line, column }) => `${portablePath(file)}:${line}:${column}`)
      .join(' < ')
  const foreign = stack.at(-1)
  return foreign === undefined ? '' : portablePath(foreign.file).replace(/^.*node_modules[/\\]/, '')
}
