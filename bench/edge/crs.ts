// CPU time of the inspection with a Core Rule Set against nginx + ModSecurity with the same rules, in the same run.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load, median } from './load.ts'
import type { Reading } from './load.ts'
import { startNginx, startUpstream } from './nginx.ts'
import { isInstalled } from './peers.ts'
import { startWorker } from './start-worker.ts'

const repeats = Number(process.env['BENCH_REPEATS'] ?? 5)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3)
const root = fileURLToPath(new URL('../..', import.meta.url))
const crs = join(process.env['SEVENFOLD_SHARED'] ?? resolve(root, '..', 'shared'), 'crs')
const modulePath = '/usr/lib/nginx/modules/ngx_http_modsecurity_module.so'

/** An order as an interface of a shop takes it: as many items as fit into 4 KB. */
function order(bytes: number): string {
  const items: object[] = []
  const text = (): string => JSON.stringify({ customer: 4711, note: 'please ring twice', items })
  while (text().length < bytes - 80) {
    items.push({ sku: `AB-${1000 + items.length}`, name: `Item ${items.length}`, price: 19.5, count: 2 })
  }
  return text()
}

/** What is sent, and how many times the requests per CPU-second of nginx + ModSecurity it must reach. */
const loads = [
  { name: 'small GET', must: 5, script: `wrk.path = "/search?q=red+shoes&page=2"\n` },
  {
    name: '4 KB JSON',
    must: 20,
    script: `wrk.method = "POST"\nwrk.path = "/api/orders"\nwrk.body = ${JSON.stringify(order(4096))}\nwrk.headers["Content-Type"] = "application/json"\n`,
  },
] as const

const headers = `wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
wrk.headers["Accept"] = "text/html,application/json;q=0.9,*/*;q=0.8"
wrk.headers["Accept-Language"] = "en-GB,en;q=0.9"
wrk.headers["Host"] = "shop.example"
`

/** The rules as nginx reads them: the same set-up, the same files in the same order. */
function modsecurityRules(folder: string): string {
  const path = join(folder, 'rules.conf')
  const rules = readdirSync(join(crs, 'rules'))
    .filter((name) => name.endsWith('.conf'))
    .toSorted()
  const lines = [
    'SecRuleEngine On',
    'SecAuditEngine Off',
    'SecDebugLogLevel 0',
    'SecRequestBodyAccess On',
    'SecRequestBodyLimit 13107200',
    'SecResponseBodyAccess On',
    'SecResponseBodyMimeType text/plain text/html text/xml',
    'SecResponseBodyLimit 524288',
    'SecResponseBodyLimitAction ProcessPartial',
    'SecRule REQUEST_HEADERS:Content-Type "@rx ^application/(?:[a-z0-9.-]+\\+)?json" "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"',
    `Include ${join(crs, 'crs-setup.conf.example')}`,
    ...rules.map((name) => `Include ${join(crs, 'rules', name)}`),
  ]
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

function missing(): string | null {
  for (const program of ['nginx', 'wrk', 'taskset']) if (!isInstalled(program)) return program
  if (!existsSync(modulePath)) return 'the ModSecurity module of nginx'
  return existsSync(join(crs, 'rules')) ? null : 'the Core Rule Set in shared data'
}

async function measure(folder: string): Promise<boolean> {
  const upstream = await startUpstream(folder, 1024)
  const rules = modsecurityRules(folder)
  const peer = await startNginx(folder, 'modsecurity', {
    core: 0,
    before: `load_module ${modulePath};`,
    http: (
      port,
    ) => `access_log off; upstream u { server 127.0.0.1:${upstream.port}; keepalive 128; keepalive_requests 1000000000; }
modsecurity on; modsecurity_rules_file ${rules};
server { listen 127.0.0.1:${port} backlog=4096; client_body_buffer_size 64k; location / { proxy_pass http://u; proxy_http_version 1.1;
proxy_set_header Connection ""; proxy_set_header Host $host; } }`,
  })
  const edge = await startWorker(folder, upstream.port, {
    name: 'edge',
    events: 'none',
    rules: `crs:${crs}`,
    core: 0,
  })
  let holds = true
  try {
    for (const one of loads) {
      const script = join(folder, 'load.lua')
      writeFileSync(script, headers + one.script)
      // Some requests take the peer a tenth of a second: with many at once none would end within a short run.
      const few = { script, connections: 2 }
      const ours: Reading[] = []
      const theirs: Reading[] = []
      await load(`http://127.0.0.1:${edge.port}/`, edge.pid, 3, { script })
      await load(`http://127.0.0.1:${peer.port}/`, peer.pid, 1, few)
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        ours.push(await load(`http://127.0.0.1:${edge.port}/`, edge.pid, seconds, { script }))
        theirs.push(await load(`http://127.0.0.1:${peer.port}/`, peer.pid, seconds * 3, few))
      }
      const ratio = median(
        theirs.map((reading, i) => reading.microsPerRequest / (ours[i]?.microsPerRequest ?? Number.NaN)),
      )
      const perSecond = (list: readonly Reading[]): string =>
        (1e6 / median(list.map(({ microsPerRequest }) => microsPerRequest))).toFixed(0)
      const verdict = ratio >= one.must ? 'holds' : 'UNDER'
      holds &&= ratio >= one.must
      console.log(
        `CRS 4 PL1, ${one.name}: ${perSecond(ours)} requests per CPU-second, nginx + ModSecurity ${perSecond(theirs)}: ${ratio.toFixed(1)} ×; limit ${one.must} ×: ${verdict}`,
      )
    }
  } finally {
    await edge.stop()
    await peer.stop()
    await upstream.stop()
  }
  return holds
}

const lacking = missing()
if (lacking === null) {
  const folder = mkdtempSync(join(tmpdir(), 'sevenfold-bench-crs-'))
  try {
    if (!(await measure(folder))) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
} else console.log(`edge with a Core Rule Set: skipped (needs ${lacking})`)
