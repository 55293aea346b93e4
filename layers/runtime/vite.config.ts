import { copyFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const inDist = (name: string): string => fileURLToPath(new URL(`dist/${name}`, import.meta.url))

// The agent in one file, for `register`: it is loaded before anything of the application. `built-from` says which build of
// the compiler it belongs to; another one is loaded file by file.
export default defineConfig({
  plugins: [
    {
      name: 'built-from',
      closeBundle: () => copyFileSync(inDist('.tsbuildinfo'), inDist('bundle/built-from')),
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
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
})
