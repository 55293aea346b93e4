#!/usr/bin/env node
import { existsSync } from 'node:fs'

const entry = new URL('../dist/main.js', import.meta.url)
if (!existsSync(entry)) {
  process.stderr.write('sevenfold: error: the program has not been built\nhint: run npm run build\n')
  process.exit(3)
}
await import(entry.href)
