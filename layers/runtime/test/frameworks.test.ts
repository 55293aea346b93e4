import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt, startApp } from './start-app.ts'
import type { App } from './start-app.ts'

// A folder with the packages of other projects, installed by hand: frameworks and drivers of many versions.
const packages = process.env['SEVENFOLD_RUNTIME_PACKAGES'] ?? ''
const has = (name: string): boolean => packages !== '' && existsSync(join(packages, name))
const refused = 'error SEVENFOLD_REFUSED'

const frameworks: readonly [string, string][] = [
  ['express5', 'express'],
  ['express4', 'express4'],
  ['fastify', 'fastify'],
  ['koa', 'koa-bodyparser'],
  ['hono', '@hono/node-server'],
  ['hapi', '@hapi/hapi'],
  ['nest', '@nestjs/platform-express'],
  ['http2', 'express'],
  ['ws', 'ws'],
  ['graphql', 'graphql'],
  ['grpc', '@grpc/grpc-js'],
  ['grpc-stream', '@grpc/grpc-js'],
  ['grpc-loop', '@grpc/grpc-js'],
]

// Route, package, attack, what it gives, innocent value, what that gives.
const sinks: readonly [string, string, string, string, string, RegExp][] = [
  ['sqlite3', 'sqlite3', "' or 1=1--", refused, "O''Brien", /^ok \[\]/],
  ['sqlite3-each', 'sqlite3', "' or 1=1--", refused, 'alice', /^ok 1/],
  ['better-sqlite3', 'better-sqlite3', "' or 1=1--", refused, 'alice', /^ok .*alice/],
  ['knex', 'knex', "' or 1=1--", refused, 'alice', /^ok \[\]/],
  ['sequelize', 'sequelize', "' or 1=1--", refused, 'alice', /^ok \[\]/],
  ['typeorm', 'typeorm', "' or 1=1--", refused, 'alice', /^ok \[\]/],
  ['mysql-text', 'mysql', "' or 1=1-- ", refused, 'alice', /^error (?!SEVENFOLD)/],
  ['mysql2-text', 'mysql2', "' or 1=1-- ", refused, 'alice', /^error (?!SEVENFOLD)/],
  ['handlebars', 'handlebars', '{{#with "s" as |string|}}{{/with}}', refused, 'Zoë & Sons', /^ok Hello/],
  ['ejs', 'ejs', '<%= 7*7 %>', refused, 'Zoë & Sons', /^ok Hello Zoë/],
  ['yaml', 'js-yaml', '!!js/function "function () { return 1 }"', refused, 'a: 1', /^ok \{"a":1\}/],
  ['ldap', 'ldapjs', '*)(uid=*', refused, 'alice', /^error (?!SEVENFOLD)/],
  ['undici', 'undici', 'http://127.0.0.1:1/', refused, 'nowhere', /^error (?!SEVENFOLD)/],
  ['fetch', 'express', 'http://127.0.0.1:1/', refused, 'nowhere', /^error (?!SEVENFOLD)/],
  ['http2', 'express', 'http://127.0.0.1:1/', refused, 'nowhere', /^error (?!SEVENFOLD)/],
  ['net', 'express', '127.0.0.1', refused, 'host.invalid', /^error (?!SEVENFOLD)/],
]

async function ask(app: App, route: string, q: string): Promise<string> {
  const answer = await app.ask(`/${route}`, {
    body: JSON.stringify({ q }),
    headers: { 'content-type': 'application/json' },
  })
  return answer.text
}

const start = (framework: string): Promise<App> =>
  startApp({ entry: 'frameworks.cjs', env: { NODE_PATH: packages, FRAMEWORK: framework } })

for (const [framework, name] of frameworks) {
  describe.skipIf(!isBuilt || !has(name))(
    `an application on ${framework} (needs a build and SEVENFOLD_RUNTIME_PACKAGES)`,
    () => {
      it('is protected, and works', async () => {
        const app = await start(framework)
        try {
          expect(await ask(app, 'exec', ';id')).toBe(refused)
          expect(await ask(app, 'exec', 'tent')).toBe('ok "tent\\n"')
          expect(await ask(app, 'file', '../private.txt')).toBe(refused)
          expect(await ask(app, 'file', 'a.txt')).toBe('ok public')
          if (has('better-sqlite3')) expect(await ask(app, 'better-sqlite3', "' or 1=1--")).toBe(refused)
          expect(app.errors()).not.toMatch(/SEVENFOLD_AGENT_FAULT|Unhandled|Uncaught/)
        } finally {
          await app.stop()
        }
      }, 30_000)
    },
  )
}

describe.skipIf(!isBuilt || !has('express'))(
  'sinks of packages (needs a build and SEVENFOLD_RUNTIME_PACKAGES)',
  () => {
    let app: App

    beforeAll(async () => {
      app = await start('express5')
    }, 30_000)

    afterAll(() => app.stop())

    for (const [route, name, attack, answer, innocent, passes] of sinks) {
      it.skipIf(!has(name))(
        `${route}: ${attack} is refused, ${innocent} passes (needs ${name})`,
        async () => {
          expect(await ask(app, route, attack)).toBe(answer)
          expect(await ask(app, route, innocent)).toMatch(passes)
          expect(app.isRunning()).toBe(true)
        },
      )
    }
  },
)
