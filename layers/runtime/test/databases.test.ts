import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeMongodb } from './fake-mongodb.ts'
import { startFakeMssql } from './fake-mssql.ts'
import { isBuilt, startApp } from './start-app.ts'
import type { App } from './start-app.ts'

// Drivers from a folder with the packages of other projects, against servers that are named by address:
// SEVENFOLD_RUNTIME_PACKAGES, SEVENFOLD_RUNTIME_POSTGRES=postgres://…, SEVENFOLD_RUNTIME_MYSQL=mysql://…,
// SEVENFOLD_RUNTIME_PRISMA=<module that gives a function which gives a client>.
const {
  SEVENFOLD_RUNTIME_PACKAGES: packages = '',
  SEVENFOLD_RUNTIME_POSTGRES: postgres = '',
  SEVENFOLD_RUNTIME_MYSQL: mysql = '',
  SEVENFOLD_RUNTIME_PRISMA: prisma = '',
} = process.env
const has = (name: string): boolean => packages !== '' && existsSync(join(packages, name))

const attack = "' or 1=1 -- "
const refused = /^error SEVENFOLD_REFUSED /
const syntax = /^error (?:42601|ER_PARSE_ERROR|EREQUEST|SEVENFOLD_REFUSED) /

async function ask(app: App, route: string, q: unknown): Promise<string> {
  const body = JSON.stringify({ q })
  return (await app.ask(`/${route}`, { body, headers: { 'content-type': 'application/json' } })).text
}

const start = (env: Record<string, string>): Promise<App> =>
  startApp({ entry: 'databases.cjs', env: { NODE_PATH: packages, ...env } })

// Route, package, what the application sees of the attack.
const servers: readonly [string, string, readonly [string, string, RegExp][]][] = [
  [
    'postgres',
    postgres,
    [
      ['pg', 'pg', refused],
      ['pg-client', 'pg', refused],
      ['pg-promise', 'pg-promise', refused],
      ['postgres', 'postgres', syntax],
      ['postgres-prepared', 'postgres', syntax],
      ['knex-pg', 'knex', refused],
      ['knex-pg-where', 'knex', refused],
      ['sequelize-pg', 'sequelize', refused],
      ['typeorm-pg', 'typeorm', refused],
    ],
  ],
  [
    'mysql',
    mysql,
    [
      ['mysql', 'mysql', refused],
      ['mysql2', 'mysql2', refused],
      ['mysql2-promise', 'mysql2', refused],
      ['mysql2-execute', 'mysql2', refused],
      ['mariadb', 'mariadb', syntax],
      ['mariadb-execute', 'mariadb', syntax],
      ['knex-mysql2', 'knex', refused],
      ['sequelize-mysql', 'sequelize', refused],
    ],
  ],
]
const bound: Readonly<Record<string, readonly string[]>> = {
  postgres: ['pg-bound', 'postgres-bound'],
  mysql: ['mysql-bound', 'mysql2-bound', 'mariadb-bound'],
}

for (const [server, url, routes] of servers) {
  const needs = `needs a build, SEVENFOLD_RUNTIME_PACKAGES and SEVENFOLD_RUNTIME_${server.toUpperCase()}`
  describe.skipIf(!isBuilt || packages === '' || url === '')(`drivers of ${server} (${needs})`, () => {
    let app: App

    beforeAll(async () => {
      app = await start({ [server.toUpperCase()]: url, PRISMA: prisma })
      expect(await ask(app, `set-up-${server}`, '')).toMatch(/^ok/)
    }, 60_000)

    afterAll(() => app.stop())

    for (const [route, name, answer] of routes)
      it.skipIf(!has(name))(
        `${route}: refuses an injection and lets a quoted apostrophe through (needs ${name})`,
        async () => {
          expect(await ask(app, route, attack)).toMatch(answer)
          expect(await ask(app, route, "O''Brien")).toBe("ok O'Brien")
          expect(await ask(app, route, 'alice')).toBe('ok alice')
          expect(app.isRunning()).toBe(true)
        },
        60_000,
      )

    for (const route of bound[server] ?? [])
      it.skipIf(!has(route.replace('-bound', '')))(
        `${route}: bound values pass whatever they hold`,
        async () => {
          expect(await ask(app, route, attack)).toBe('ok ')
          expect(await ask(app, route, "O'Brien")).toBe("ok O'Brien")
        },
        60_000,
      )

    it.skipIf(server !== 'mysql' || !has('mysql'))(
      'mysql-object: refuses an object where a value is compared',
      async () => {
        expect(await ask(app, 'mysql-object', { name: 1 })).toMatch(refused)
        expect(await ask(app, 'mysql2-object', { name: 1 })).toMatch(refused)
        expect(await ask(app, 'mysql-object', "O'Brien")).toBe("ok O'Brien")
      },
      60_000,
    )

    it.skipIf(server !== 'postgres' || prisma === '')(
      'prisma: raw statements (needs SEVENFOLD_RUNTIME_PRISMA)',
      async () => {
        expect(await ask(app, 'prisma', attack)).toMatch(refused)
        expect(await ask(app, 'prisma-execute', attack)).toMatch(refused)
        expect(await ask(app, 'prisma', "O''Brien")).toBe("ok O'Brien")
        expect(await ask(app, 'prisma-bound', "O'Brien")).toBe("ok O'Brien")
      },
      60_000,
    )
  })
}

describe.skipIf(!isBuilt || !has('mongodb'))(
  'the mongodb driver (needs a build and SEVENFOLD_RUNTIME_PACKAGES with mongodb)',
  () => {
    let app: App
    let server: Server

    beforeAll(async () => {
      const fake = await startFakeMongodb()
      server = fake.server
      app = await start({ MONGODB: fake.url })
    }, 60_000)

    afterAll(async () => {
      await app.stop()
      server.close()
    })

    it.each(['mongodb', 'mongodb-cursor', 'mongodb-loop'])(
      '%s: refuses operators that came with a request, in the way in which documents are read',
      async (route) => {
        expect(await ask(app, route, { $ne: '' })).toMatch(refused)
        expect(await ask(app, route, "O'Brien")).toMatch(/^ok .*found/)
      },
      60_000,
    )

    it('mongodb-where: refuses code that leaves its text', async () => {
      expect(await ask(app, 'mongodb-where', "' || '1'=='1")).toMatch(refused)
      expect(await ask(app, 'mongodb-where', 'ann lee')).toMatch(/^ok .*found/)
    }, 60_000)
  },
)

describe.skipIf(!isBuilt || !has('tedious'))(
  'drivers of SQL Server (needs a build and SEVENFOLD_RUNTIME_PACKAGES with tedious)',
  () => {
    let app: App
    let server: Server

    beforeAll(async () => {
      const fake = await startFakeMssql()
      server = fake.server
      app = await start({ MSSQL_PORT: String(fake.port) })
    }, 60_000)

    afterAll(async () => {
      await app.stop()
      server.close()
    })

    for (const [route, name] of [
      ['tedious', 'tedious'],
      ['mssql', 'mssql'],
      ['mssql-batch', 'mssql'],
    ] as const)
      it.skipIf(!has(name))(
        `${route}: the server refuses what took the place of an injection (needs ${name})`,
        async () => {
          expect(await ask(app, route, attack)).toMatch(syntax)
          expect(await ask(app, route, "O''Brien")).toMatch(/^ok/)
        },
        60_000,
      )
  },
)
