import { readFileSync, statSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'

const require = createRequire(import.meta.url)
/** What the agent is called on stacks: what was compiled beforehand keeps its name, and a path would be that of elsewhere. */
const bundleName = 'sevenfold:agent'

function read(name: string): Buffer {
  return readFileSync(new URL(name, import.meta.url))
}

/** Was the agent in one file made from this very build? A copy that is not older is one of it; else they are compared. */
function isOfThisBuild(): boolean {
  const copy = statSync(new URL('bundle/built-from', import.meta.url))
  const build = statSync(new URL('.tsbuildinfo', import.meta.url))
  if (copy.size !== build.size) return false
  return copy.mtimeMs >= build.mtimeMs || read('bundle/built-from').equals(read('.tsbuildinfo'))
}

/** The agent in one file; undefined when there is none of this build. */
function bundle(): string | undefined {
  try {
    if (!isOfThisBuild()) return undefined
    return read('bundle/register.cjs').toString('utf8')
  } catch {
    return undefined // not bundled
  }
}

/** What V8 has made of that file when it was bundled; a V8 of another version or with other options makes it anew. */
function compiled(): { readonly cachedData?: Buffer } {
  try {
    return { cachedData: read('bundle/compiled') }
  } catch {
    return {}
  }
}

// `node --import @sevenfold/runtime/register app.js`, or `-r`. One file costs the start of a process 25 ms less than sixty,
// and 4 ms less again when it is compiled.
const source = bundle()
if (source === undefined) require('./agent/start.js')
else {
  const filename = fileURLToPath(new URL('bundle/register.cjs', import.meta.url))
  // As Node wraps a CommonJS module (https://nodejs.org/api/modules.html#the-module-wrapper).
  const run = new Script(Module.wrap(source), { filename: bundleName, ...compiled() }).runInThisContext()
  run({}, require, { exports: {} }, filename)
}
