import { execFileSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const inDist = (name: string): string => fileURLToPath(new URL(`dist/${name}`, import.meta.url))

// The same text under the same options as `register` has it: V8 takes what it has compiled for nothing else.
const compile = `
  const { readFileSync, writeFileSync } = require('node:fs')
  const { createRequire, wrap } = require('node:module')
  const { Script } = require('node:vm')
  const [, filename, target] = process.argv
  const script = new Script(wrap(readFileSync(filename, 'utf8')), { filename })
  script.runInThisContext()({}, createRequire(filename), { exports: {} }, filename)
  writeFileSync(target, script.createCachedData())
  process.exit()`

// The agent in one file, for `register`: it is loaded before anything of the application. `built-from` says which build of
// the compiler it belongs to; another one is loaded file by file. `compiled` is what V8 makes of it, for the same V8.
export default defineConfig({
  plugins: [
    {
      name: 'built-from',
      closeBundle: () => {
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
