// Our side of the benchmark, in a process of its own: runs a corpus through the engine, all five phases, one thread.
// The built package is measured: sources run through a loader are slower.
// usage: node ours.mjs RULES.conf WARMUP.bin,WARMUP.bin,… CORPUS.bin [VERDICTS]
// The warm-up requests are others than the measured ones: only the compiler's work is left out, as for a running server.
import { readFileSync, writeFileSync } from 'node:fs'
import { decodeCorpus } from './corpus.mjs'
import { compileFile, judge } from './judge.mjs'

const [rulesPath = '', warmUpPath = '', corpusPath = '', verdictsPath] = process.argv.slice(2)
const inspector = compileFile(rulesPath)
const micros = (usage) => usage.user + usage.system
const run = (request) => judge(inspector, request)

if (verdictsPath !== undefined) {
  const lines = decodeCorpus(readFileSync(corpusPath)).map((request) => JSON.stringify(run(request)))
  writeFileSync(verdictsPath, `${lines.join('\n')}\n`)
} else {
  for (const path of warmUpPath.split(','))
    for (const request of decodeCorpus(readFileSync(path))) run(request)
  const requests = decodeCorpus(readFileSync(corpusPath))
  for (let at = 0; at < requests.length;) {
    const group = requests[at]?.class
    const start = process.cpuUsage()
    let end = at
    for (
      let request = requests[end];
      request !== undefined && request.class === group;
      request = requests[++end]
    )
      run(request)
    console.log(JSON.stringify({ class: group, us: micros(process.cpuUsage(start)) / (end - at) }))
    at = end
  }
}
