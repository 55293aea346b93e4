import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isBuilt, register, startApp } from './start-app.ts'
import type { App, AppOptions } from './start-app.ts'

// The real agents of others, from a folder with the packages of other projects (SEVENFOLD_RUNTIME_PACKAGES); a database is
// asked where SEVENFOLD_RUNTIME_POSTGRES=postgres://… names one.
const { SEVENFOLD_RUNTIME_PACKAGES: packages = '', SEVENFOLD_RUNTIME_POSTGRES: postgres = '' } = process.env
const has = (name: string): boolean => packages !== '' && existsSync(join(packages, name))

interface Other {
  readonly name: string
  readonly package: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

// None of them finds a server to tell: what they do inside the process is the question here.
const datadog = {
  DD_TRACE_AGENT_URL: 'http://127.0.0.1:9',
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
  DD_REMOTE_CONFIGURATION_ENABLED: 'false',
  DD_TRACE_STARTUP_LOGS: 'false',
}
const others: readonly Other[] = [
  {
    name: 'OpenTelemetry',
    package: '@opentelemetry/auto-instrumentations-node',
    args: ['-r', '@opentelemetry/auto-instrumentations-node/register'],
    env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  },
  { name: 'dd-trace', package: 'dd-trace', args: ['-r', 'dd-trace/init'], env: datadog },
  {
    name: 'dd-trace that watches for attacks and follows inputs',
    package: 'dd-trace',
    args: ['-r', 'dd-trace/init'],
    env: { ...datadog, DD_APPSEC_ENABLED: '1', DD_IAST_ENABLED: '1', DD_IAST_REQUEST_SAMPLING: '100' },
  },
  {
    name: 'Zen',
    package: '@aikidosec/firewall',
    args: ['-r', '@aikidosec/firewall'],
    env: { AIKIDO_ENDPOINT: 'http://127.0.0.1:9/', AIKIDO_REALTIME_ENDPOINT: 'http://127.0.0.1:9/' },
  },
]

const refused = 'error SEVENFOLD_REFUSED'

async function ask(app: App, route: string, q: string): Promise<string> {
  const body = JSON.stringify({ q })
  return (await app.ask(`/${route}`, { body, headers: { 'content-type': 'application/json' } })).text
}

for (const other of others) {
  describe.skipIf(!isBuilt || !has(other.package) || !has('express'))(
    `${other.name} in the same process (needs a build and SEVENFOLD_RUNTIME_PACKAGES with ${other.package})`,
    { timeout: 120_000 },
    () => {
      let app: App | undefined
      const start = async (
        entry: AppOptions['entry'],
        when: string,
        env: Record<string, string>,
      ): Promise<App> => {
        const args = [other.args, ['-r', register]]
        const order = when === 'before' ? args : args.toReversed()
        app = await startApp({
          entry,
          args: order.flat(),
          env: { NODE_PATH: packages, FRAMEWORK: 'express5', ...other.env, ...env },
        })
        return app
      }

      afterEach(() => app?.stop('SIGKILL'))

      it.each(['before', 'after'])(
        'loaded %s the agent: attacks are refused, the rest works',
        async (when) => {
          const running = await start('frameworks.cjs', when, {})
          expect(await ask(running, 'exec', 'tent')).toBe('ok "tent\\n"')
          expect(await ask(running, 'exec', ';id')).toBe(refused)
          expect(await ask(running, 'file', 'a.txt')).toBe('ok public')
          expect(await ask(running, 'file', '../private.txt')).toBe(refused)
          expect(await ask(running, 'fetch', 'http://127.0.0.1:1/')).toBe(refused)
          expect(await ask(running, 'net', '127.0.0.1')).toBe(refused)
          expect(running.isRunning()).toBe(true)
          expect(running.errors()).not.toMatch(/SEVENFOLD_AGENT_FAULT|Unhandled|Uncaught/)
        },
      )

      it.skipIf(postgres === '' || !has('pg')).each(['before', 'after'])(
        'loaded %s the agent: statements are judged (needs SEVENFOLD_RUNTIME_POSTGRES)',
        async (when) => {
          const running = await start('databases.cjs', when, { POSTGRES: postgres })
          await ask(running, 'set-up-postgres', '')
          for (const route of ['pg', 'pg-client']) {
            expect(await ask(running, route, 'alice')).toBe('ok alice')
            expect(await ask(running, route, "O''Brien")).toBe("ok O'Brien")
            expect(await ask(running, route, "' or 1=1 -- ")).toMatch(/^error SEVENFOLD_REFUSED /)
          }
          expect(running.isRunning()).toBe(true)
          expect(running.errors()).not.toMatch(/SEVENFOLD_AGENT_FAULT|Unhandled|Uncaught/)
        },
      )
    },
  )
}
