// What a rule set costs a process before and while it serves: CPU time to compile, memory after that and after traffic.
// usage: node load.mjs none|RULES.conf CORPUS.bin,…   -> one JSON line. `none` does the same without rules: the bare process.
import { readFileSync } from 'node:fs'

const megabytes = () => process.memoryUsage().rss / 1_048_576
const [rules = 'none', corpora = ''] = process.argv.slice(2)
const started = megabytes()
const { readCorpus } = await import('./corpus.mjs')
let inspector = null
let judge = (_inspector, request) => request.body.length
let compileMs = 0
if (rules !== 'none') {
  const engine = await import('./judge.mjs')
  const before = process.cpuUsage()
  inspector = engine.compileFile(rules)
  const { user, system } = process.cpuUsage(before)
  compileMs = (user + system) / 1000
  judge = engine.judge
}
const loadedMb = megabytes() - started
let requests = 0
for (const path of corpora.split(',')) {
  for (const request of readCorpus(readFileSync(path))) {
    judge(inspector, request)
    requests++
  }
}
console.log(JSON.stringify({ compileMs, loadedMb, servedMb: megabytes() - started, requests }))
