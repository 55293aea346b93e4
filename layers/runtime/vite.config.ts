import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const inDist = (name: string): string => fileURLToPath(new URL(`dist/${name}`, import.meta.url))

// The same text under the same options as `register` has it: V8 takes what it has compiled for nothing else. What every
// start of an application calls is called once, because V8 compiles functions when they are.
const usual = String.raw`
  // eval(nothing)
  const found = (text) => text.split(/^(?:[a-z]+\s?(?!x|y){1,2})*$/)
  const built = new RegExp('(?:[^"x]|x.)*(a|b)+$', 'i')
  exports.made = [new Function('a', 'return a'), (text) => eval('1' + text), /(\d{2,3}|[\w.-]+)+\.$/u]`
const compile = `
  const { readFileSync, writeFileSync } = require('node:fs')
  const Module = require('node:module')
  const { createRequire, wrap } = Module
  const { Script } = require('node:vm')
  const [, filename, target] = process.argv
  const script = new Script(wrap(readFileSync(filename, 'utf8')), { filename: 'sevenfold:agent' })
  script.runInThisContext()({}, createRequire(filename), { exports: {} }, filename)
  new Module(filename)._compile(${JSON.stringify(usual)}, filename)
  setTimeout(() => {
    writeFileSync(target, script.createCachedData())
    process.exit()
  })`

/** One character beyond ASCII, in a comment even, and V8 keeps the whole text in twice the memory. */
function assertAscii(file: string): void {
  const at = readFileSync(file).findIndex((byte) => byte > 0x7f)
  if (at >= 0) throw new Error(`${file} holds a character beyond ASCII at byte ${at}; write it as an escape`)
}

// The agent in one file, for `register`: it is loaded before anything of the application. `built-from` says which build of
// the compiler it belongs to; another one is loaded file by file. `compiled` is what V8 makes of it, for the same V8.
export default defineConfig({
  plugins: [
    {
      name: 'built-from',
      closeBundle: () => {
        assertAscii(inDist('bundle/register.cjs'))
        const files = [inDist('bundle/register.cjs'), inDist('bundle/compiled')]
        execFileSync(process.execPath, ['-e', compile, ...files])
        copyFileSync(inDist('.tsbuildinfo'), inDist('bundle/built-from'))
      },
    },
  ],
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/bundle',
    emptyOutDir: true,
    minify: false,
    rollupOptions: {
      input: { register: 'src/agent/start.ts' },
      output: { format: 'cjs', entryFileNames: '[name].cjs', strict: true },
    },
  },
})
