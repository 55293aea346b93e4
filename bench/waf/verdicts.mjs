// Compares verdicts and rule ids with libmodsecurity, request by request.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeCorpus, readCorpus } from './corpus.mjs'

// The peer reports the rule that blocks and the closing summary through other channels than the others.
const isSummary = (id) => [949, 959, 980].includes(Math.floor(id / 1000))

/** Compares two files of verdicts, one JSON object a line, over the requests of a corpus file. */
export function compareFiles(theirs, own, corpus) {
  const read = (path) =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  const [left, right] = [read(theirs), read(own)]
  const result = {
    requests: left.length,
    sameVerdict: 0,
    sameRules: 0,
    exhausted: 0,
    mostSteps: 0,
    differences: [],
  }
  let at = 0
  for (const request of readCorpus(readFileSync(corpus))) {
    const [line, mine] = [left[at], right[at]]
    at++
    const verdict = line.status === mine.status
    const ids = JSON.stringify(line.rules) === JSON.stringify(mine.rules.filter((id) => !isSummary(id)))
    if (verdict) result.sameVerdict++
    if (ids) result.sameRules++
    if (mine.exhausted) result.exhausted++
    result.mostSteps = Math.max(result.mostSteps, mine.steps)
    if ((!verdict || !ids) && result.differences.length < 20) {
      const uri = request.target.slice(0, 80)
      result.differences.push({ class: request.class, uri, peer: line, ours: mine })
    }
  }
  return result
}

/** The corpus of the shared benchmark, in our encoding; null where its generator is missing. */
export function sharedCorpus(shared, folder, seed) {
  const script = join(shared, 'bench/waf/gen-corpus.mjs')
  if (!existsSync(script)) return null
  const out = join(folder, `shared-${seed}`)
  const made = spawnSync(process.execPath, [script, out], {
    env: { ...process.env, SEED: String(seed) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (made.status !== 0) return null
  return encodeCorpus([...records(readFileSync(join(out, 'corpus.bin')))])
}

// Records of the shared generator: class, id, method, uri, version, number of headers, names and values, body.
function* records(bytes) {
  let at = 0
  const count = () => bytes.readUInt32LE((at += 4) - 4)
  const raw = () => {
    const length = count()
    at += length
    return bytes.subarray(at - length, at)
  }
  const text = () => raw().toString('utf8')
  for (let left = count(); left > 0; left--) {
    const [group, , method, uri] = [text(), text(), text(), text()]
    text()
    const size = Number(text())
    const headers = Array.from({ length: size }, () => [raw(), raw()])
    yield { class: group, method, uri, headers, body: raw() }
  }
}
