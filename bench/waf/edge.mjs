// A real edge (built) with CRS in a folder of its own, and an upstream behind it: for figures that need the whole path.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

async function freePort() {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Starts upstream and edge; `site` is added to the options of the site. `close` ends both and removes the folder. */
export async function startEdge(crs, { workers = 1, site = '' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'waf-edge-'))
  const upstream = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.end('ok'))
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const port = await freePort()
  const config = join(folder, 'sevenfold.yaml')
  const [api, console_] = [await freePort(), await freePort()]
  writeFileSync(
    config,
    `version: 1
data: ./data
admin: { console: { listen: "127.0.0.1:${console_}" } }
detection: { api: { listen: "127.0.0.1:${api}" } }
edge: { workers: ${workers}, rules: ["crs:${crs}"] }
sites:
  - { name: shop, listen: "127.0.0.1:${port}", upstream: "http://127.0.0.1:${upstream.address().port}"${site} }
`,
  )
  const { compileConfig, loadConfig } = await import('@sevenfold/config')
  const loaded = await loadConfig(config)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const compiled = compileConfig(loaded.config, folder)
  const edgeFolder = join(compiled.dataDir, 'edge')
  mkdirSync(edgeFolder, { recursive: true, mode: 0o700 })
  writeFileSync(join(edgeFolder, 'config.json'), JSON.stringify(compiled.parts.edge), { mode: 0o600 })
  const child = spawn(process.execPath, [join(root, 'layers/edge/dist/main.js')], {
    env: { ...process.env, SEVENFOLD_DATA: compiled.dataDir },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let log = ''
  child.stderr.on('data', (chunk) => (log += chunk))
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the edge ended: ${log}`)
  })
  await Promise.race([once(child, 'message'), ended])
  ended.catch(() => undefined)
  return {
    port,
    dataDir: compiled.dataDir,
    pid: child.pid,
    async close() {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
      upstream.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
