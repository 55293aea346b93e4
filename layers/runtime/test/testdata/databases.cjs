'use strict'
// One weak query for each driver and way to ask; packages from NODE_PATH, servers from the environment.
const http = require('node:http')
const { promisify } = require('node:util')
const { POSTGRES: postgresUrl, MYSQL: mysqlUrl, MONGODB: mongodbUrl, MSSQL_PORT: mssqlPort } = process.env

const statement = (q) => `select name from sevenfold_users where name='${q}'`
const names = (rows) => rows.map((row) => row.name).join()
const once = (make) => {
  let made
  return () => (made ??= make())
}
const mysqlParts = once(() => {
  const { hostname: host, port, username: user, password, pathname } = new URL(mysqlUrl)
  return { host, port: Number(port), user, password, database: pathname.slice(1) }
})
const pgPool = once(() => new (require('pg').Pool)({ connectionString: postgresUrl }))
const postgres = once(() => require('postgres')(postgresUrl, { max: 2, onnotice: () => {} }))
const pgKnex = once(() => require('knex')({ client: 'pg', connection: postgresUrl }))
const pgSequelize = once(() => new (require('sequelize').Sequelize)(postgresUrl, { logging: false }))
const pgTypeorm = once(() => new (require('typeorm').DataSource)({ type: 'postgres', url: postgresUrl }).initialize())
const pgPromise = once(() => require('pg-promise')()(postgresUrl))
const mysqlPool = once(() => require('mysql').createPool(mysqlParts()))
const mysql2Pool = once(() => require('mysql2').createPool(mysqlParts()))
const mysql2Promise = once(() => require('mysql2/promise').createPool(mysqlParts()))
const mariadbPool = once(() => require('mariadb').createPool(mysqlParts()))
const mysqlKnex = once(() => require('knex')({ client: 'mysql2', connection: mysqlParts() }))
const mysqlSequelize = once(() => new (require('sequelize').Sequelize)(mysqlUrl, { logging: false, dialect: 'mysql' }))
const prisma = once(() => require(process.env.PRISMA)())
const mongodb = once(() => new (require('mongodb').MongoClient)(mongodbUrl).db('shop').collection('users'))
const mssqlConfig = () => ({
  server: '127.0.0.1',
  port: Number(mssqlPort),
  user: 'sa',
  password: 'x',
  options: { encrypt: false, trustServerCertificate: true },
})
const mssql = once(() => require('mssql').connect(mssqlConfig()))

const tedious = (q) =>
  new Promise((resolve, reject) => {
    const { Connection, Request } = require('tedious')
    const { server, port, user, password, options } = mssqlConfig()
    const connection = new Connection({
      server,
      options: { ...options, port },
      authentication: { type: 'default', options: { userName: user, password } },
    })
    connection.connect((failed) => {
      if (failed) return reject(failed)
      connection.execSql(
        new Request(statement(q), (error) => {
          connection.close()
          return error ? reject(error) : resolve('')
        }),
      )
    })
  })

const filled = [
  'drop table if exists sevenfold_users',
  'create table sevenfold_users (name varchar(80), pass varchar(80))',
  "insert into sevenfold_users (name) values ('alice'), ('O''Brien')",
]

const routes = {
  'set-up-postgres': async () => {
    for (const one of filled) await pgPool().query(one)
  },
  'set-up-mysql': async () => {
    for (const one of filled) await mysql2Promise().query(one)
  },
  pg: async (q) => names((await pgPool().query(statement(q))).rows),
  'pg-client': async (q) => {
    const client = await pgPool().connect()
    try {
      return names((await client.query({ text: statement(q) })).rows)
    } finally {
      client.release()
    }
  },
  'pg-bound': async (q) => names((await pgPool().query('select name from sevenfold_users where name=$1', [q])).rows),
  'pg-promise': async (q) => names(await pgPromise().any(statement(q))),
  postgres: async (q) => names(await postgres().unsafe(statement(q))),
  'postgres-prepared': async (q) => names(await postgres().unsafe(`${statement(q)} and 1=$1`, [1])),
  'postgres-bound': async (q) => names(await postgres()`select name from sevenfold_users where name=${q}`),
  'knex-pg': async (q) => names((await pgKnex().raw(statement(q))).rows),
  'knex-pg-where': async (q) => names(await pgKnex()('sevenfold_users').whereRaw(`name='${q}'`)),
  'sequelize-pg': async (q) => names((await pgSequelize().query(statement(q)))[0]),
  'typeorm-pg': async (q) => names(await (await pgTypeorm()).query(statement(q))),
  mysql: async (q) => names(await promisify(mysqlPool().query).call(mysqlPool(), statement(q))),
  'mysql-object': async (q) =>
    names(await promisify(mysqlPool().query).call(mysqlPool(), 'select name from sevenfold_users where name=?', [q])),
  'mysql2-object': async (q) => names((await mysql2Promise().query('select name from sevenfold_users where name=?', [q]))[0]),
  'mysql-bound': async (q) =>
    names(await promisify(mysqlPool().query).call(mysqlPool(), 'select name from sevenfold_users where name=?', [q])),
  mysql2: async (q) => names(await promisify(mysql2Pool().query).call(mysql2Pool(), statement(q))),
  'mysql2-promise': async (q) => names((await mysql2Promise().query(statement(q)))[0]),
  'mysql2-execute': async (q) => names((await mysql2Promise().execute(statement(q)))[0]),
  'mysql2-bound': async (q) =>
    names((await mysql2Promise().execute('select name from sevenfold_users where name=?', [q]))[0]),
  mariadb: async (q) => names(await mariadbPool().query(statement(q))),
  'mariadb-execute': async (q) => names(await mariadbPool().execute(statement(q))),
  'mariadb-bound': async (q) => names(await mariadbPool().query('select name from sevenfold_users where name=?', [q])),
  'knex-mysql2': async (q) => names((await mysqlKnex().raw(statement(q)))[0]),
  'sequelize-mysql': async (q) => names((await mysqlSequelize().query(statement(q)))[0]),
  prisma: async (q) => names(await (await prisma()).$queryRawUnsafe(statement(q))),
  'prisma-execute': async (q) => String(await (await prisma()).$executeRawUnsafe(`update sevenfold_users set pass='x' where name='${q}'`)),
  'prisma-bound': async (q) => names(await (await prisma()).$queryRaw`select name from sevenfold_users where name=${q}`),
  mongodb: async (q) => JSON.stringify(await mongodb().findOne({ name: q })),
  'mongodb-cursor': async (q) => JSON.stringify(await mongodb().find({ name: q }).sort({ name: 1 }).toArray()),
  'mongodb-loop': async (q) => {
    const all = []
    for await (const one of mongodb().find({ name: q })) all.push(one)
    return JSON.stringify(all)
  },
  'mongodb-where': async (q) => JSON.stringify(await mongodb().find({ $where: `this.name == '${q}'` }).toArray()),
  tedious,
  mssql: async (q) => String((await (await mssql()).request().query(statement(q))).rowsAffected),
  'mssql-batch': async (q) => String((await (await mssql()).request().batch(statement(q))).rowsAffected),
}

const server = http.createServer((request, response) => {
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', async () => {
    const run = routes[request.url.slice(1)]
    try {
      const { q } = JSON.parse(Buffer.concat(pieces).toString())
      response.end(run === undefined ? 'none' : `ok ${await run(q)}`)
    } catch (error) {
      const code = error.code ?? error.parent?.code ?? error.original?.code ?? error.driverError?.code
      response.end(`error ${code} ${error.message}`)
    }
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`))
