'use strict'
// One weak application on many frameworks and drivers: `node frameworks.cjs <folder> <framework>`; packages from NODE_PATH.
const childProcess = require('node:child_process')
const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const folder = process.argv[2]
const framework = process.env.FRAMEWORK
const optional = (name) => {
  try {
    return require(name)
  } catch {
    return undefined
  }
}

const byCallback = (start) =>
  new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(JSON.stringify(value)))))

const statement = (q) => `select name from users where name='${q}'`
const setUp = 'create table users (name text); '
const filled = "insert into users values ('alice'), ('bob')"

const sqlite3 = optional('sqlite3')
const lite = sqlite3 && new sqlite3.Database(':memory:')
lite?.exec(setUp + filled)
const Better = optional('better-sqlite3')
const better = Better && new Better(':memory:')
better?.exec(setUp + filled)
const knex = optional('knex')?.({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true, pool: { min: 1, max: 1 } })
const sequelizeOf = () => {
  const { Sequelize } = require('sequelize')
  return new Sequelize('sqlite::memory:', { logging: false, dialectModule: sqlite3 })
}
let sequelize
let typeorm

// Each takes a value and gives a text or throws; what is here is wrong on purpose.
const routes = {
  exec: (q) => byCallback((done) => childProcess.exec(`echo ${q}`, done)),
  file: (q) => fs.promises.readFile(path.join(folder, 'public', q), 'utf8'),
  sqlite3: (q) => byCallback((done) => lite.all(statement(q), done)),
  'sqlite3-each': (q) =>
    new Promise((resolve, reject) => lite.each(statement(q), () => {}, (error, count) => (error ? reject(error) : resolve(String(count))))),
  'better-sqlite3': (q) => JSON.stringify(better.prepare(statement(q)).all()),
  knex: async (q) => {
    await knex.raw(setUp.replace('table', 'table if not exists'))
    return JSON.stringify(await knex('users').whereRaw(`name='${q}'`))
  },
  sequelize: async (q) => {
    sequelize ??= sequelizeOf()
    await sequelize.query(setUp.replace('table', 'table if not exists'))
    return JSON.stringify((await sequelize.query(statement(q)))[0])
  },
  typeorm: async (q) => {
    require('reflect-metadata')
    const { DataSource } = require('typeorm')
    typeorm ??= await new DataSource({ type: 'better-sqlite3', database: ':memory:' }).initialize()
    await typeorm.query(setUp.replace('table', 'table if not exists'))
    return JSON.stringify(await typeorm.query(statement(q)))
  },
  'mysql-text': (q) =>
    byCallback((done) => require('mysql').createConnection({ host: '127.0.0.1', port: 1 }).query(statement(q), done)),
  'mysql2-text': (q) =>
    byCallback((done) => require('mysql2').createConnection({ host: '127.0.0.1', port: 1 }).on('error', done).query(statement(q), done)),
  handlebars: (q) => require('handlebars').compile(`Hello ${q}`)({}),
  ejs: (q) => require('ejs').render(`Hello ${q}`),
  yaml: (q) => JSON.stringify(require('js-yaml').load(q)),
  ldap: (q) =>
    byCallback((done) => require('ldapjs').createClient({ url: 'ldap://127.0.0.1:1' }).on('error', done).search('dc=x', { filter: `(uid=${q})` }, done)),
  undici: async (q) => (await require('undici').request(q)).statusCode,
  fetch: async (q) => (await fetch(q)).status,
  http2: (q) => byCallback((done) => require('node:http2').connect(q).on('error', done)),
  net: (q) => byCallback((done) => require('node:net').connect({ host: q, port: 1 }).on('error', done)),
}

const run = async (name, q) => {
  try {
    return `ok ${await routes[name](q)}`
  } catch (error) {
    return `error ${error.code ?? error.cause?.code ?? error.parent?.code ?? error.driverError?.code ?? error.message}`
  }
}
const say = (port) => process.stdout.write(`port ${port}\n`)
const listening = (server) => server.listen(0, '127.0.0.1', () => say(server.address().port))

const starts = {
  express5: () => startExpress(require('express')),
  express4: () => startExpress(require('express4')),
  fastify: async () => {
    const app = require('fastify')()
    app.post('/:name', async (request) => run(request.params.name, request.body.q))
    await app.listen({ port: 0, host: '127.0.0.1' })
    say(app.server.address().port)
  },
  koa: () => {
    const app = new (require('koa'))()
    app.use(require('koa-bodyparser')())
    app.use(async (context) => {
      context.body = await run(context.path.slice(1), context.request.body.q)
    })
    listening(http.createServer(app.callback()))
  },
  hono: () => {
    const { Hono } = require('hono')
    const app = new Hono()
    app.post('/:name', async (context) => context.text(await run(context.req.param('name'), (await context.req.json()).q)))
    const server = require('@hono/node-server').serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => say(info.port))
    return server
  },
  hapi: async () => {
    const server = require('@hapi/hapi').server({ port: 0, host: '127.0.0.1' })
    server.route({ method: 'POST', path: '/{name}', handler: (request) => run(request.params.name, request.payload.q) })
    await server.start()
    say(server.info.port)
  },
  nest: async () => {
    require('reflect-metadata')
    const { Controller, Post, Module, Req } = require('@nestjs/common')
    const { NestFactory } = require('@nestjs/core')
    class Weak {
      handle(request) {
        return run(request.params.name, request.body.q)
      }
    }
    Req()(Weak.prototype, 'handle', 0)
    Post(':name')(Weak.prototype, 'handle', Object.getOwnPropertyDescriptor(Weak.prototype, 'handle'))
    Controller()(Weak)
    class App {}
    Module({ controllers: [Weak] })(App)
    const app = await NestFactory.create(App, { logger: false })
    await app.listen(0, '127.0.0.1')
    say(app.getHttpServer().address().port)
  },
  http2: () => {
    // An HTTP/1 door in front, so that the test speaks to every framework alike.
    const http2 = require('node:http2')
    const inner = http2.createServer((request, response) => {
      let text = ''
      request.on('data', (piece) => (text += piece))
      request.on('end', async () => response.end(await run(request.url.slice(1), JSON.parse(text).q)))
    })
    inner.listen(0, '127.0.0.1', () => {
      const client = http2.connect(`http://127.0.0.1:${inner.address().port}`)
      const door = new http.Server()
      door.emit = ((emit) => function (event, request, response) {
        if (event !== 'request') return emit.apply(this, arguments)
        const stream = client.request({ ':path': request.url, ':method': 'POST', 'content-type': 'application/json' })
        request.pipe(stream).pipe(response)
      })(door.emit)
      listening(door)
    })
  },
  ws: () => {
    const { WebSocketServer, WebSocket } = require('ws')
    const inner = http.createServer()
    new WebSocketServer({ server: inner }).on('connection', (socket) => {
      socket.on('message', async (data) => {
        const { name, q } = JSON.parse(String(data))
        socket.send(await run(name, q))
      })
    })
    inner.listen(0, '127.0.0.1', () => {
      const door = new http.Server()
      door.emit = ((emit) => function (event, request, response) {
        if (event !== 'request') return emit.apply(this, arguments)
        let text = ''
        request.on('data', (piece) => (text += piece))
        request.on('end', () => {
          const socket = new WebSocket(`ws://127.0.0.1:${inner.address().port}`)
          socket.on('open', () => socket.send(JSON.stringify({ name: request.url.slice(1), q: JSON.parse(text).q })))
          socket.on('message', (data) => response.end(String(data)) && socket.close())
        })
      })(door.emit)
      listening(door)
    })
  },
  grpc: () => startGrpc('unary'),
  'grpc-stream': () => startGrpc('clientStream'),
  'grpc-loop': () => startGrpc('bidi'),
  graphql: () => {
    const { graphql, GraphQLSchema, GraphQLObjectType, GraphQLString } = require('graphql')
    const text = { type: GraphQLString }
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: 'Query',
        fields: { run: { ...text, args: { name: text, q: text }, resolve: (_root, { name, q }) => run(name, q) } },
      }),
    })
    listening(
      http.createServer((request, response) => {
        let body = ''
        request.on('data', (piece) => (body += piece))
        request.on('end', async () => {
          const { q } = JSON.parse(body)
          // A client that writes its values into the document.
          const inner = `{ run(name: ${JSON.stringify(request.url.slice(1))}, q: ${JSON.stringify(q)}) }`
          const answer = await fetch(`http://127.0.0.1:${documents.address().port}/`, { method: 'POST', body: JSON.stringify({ query: inner }), headers: { 'content-type': 'application/json' } })
          response.end((await answer.json()).data.run)
        })
      }),
    )
    const documents = http.createServer((request, response) => {
      let body = ''
      request.on('data', (piece) => (body += piece))
      request.on('end', async () => response.end(JSON.stringify(await graphql({ schema, source: JSON.parse(body).query }))))
    })
    documents.listen(0, '127.0.0.1')
  },
}

// Messages as JSON: no schema has to be compiled.
function startGrpc(type) {
  const grpc = require('@grpc/grpc-js')
  const pack = (value) => Buffer.from(JSON.stringify(value))
  const unpack = (bytes) => JSON.parse(String(bytes))
  const [requestStream, responseStream] = [type !== 'unary', type === 'bidi']
  const service = { run: { path: '/weak.Weak/Run', requestStream, responseStream, requestSerialize: pack, requestDeserialize: unpack, responseSerialize: pack, responseDeserialize: unpack } }
  const handlers = {
    unary: async (call, done) => done(null, { text: await run(call.request.name, call.request.q) }),
    clientStream: (call, done) => {
      let all = Promise.resolve()
      let text = ''
      call.on('data', ({ name, q }) => (all = all.then(async () => (text += await run(name, q)))))
      call.on('end', () => all.then(() => done(null, { text })))
    },
    bidi: async (call) => {
      for await (const { name, q } of call) call.write({ text: await run(name, q) })
      call.end()
    },
  }
  const inner = new grpc.Server()
  inner.addService(service, { run: handlers[type] })
  inner.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_error, port) => {
    const client = new (grpc.makeGenericClientConstructor(service, 'Weak'))(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
    const door = new http.Server()
    // Past the agent: what the client is told is no input here.
    door.emit = ((emit) => function (event, request, response) {
      if (event !== 'request') return emit.apply(this, arguments)
      let text = ''
      request.on('data', (piece) => (text += piece))
      request.on('end', () => {
        const message = { name: request.url.slice(1), q: JSON.parse(text).q }
        const finish = (error, answer) => response.end(error ? error.message : answer.text)
        if (type === 'unary') return client.run(message, finish)
        const call = type === 'bidi' ? client.run() : client.run(finish)
        if (type === 'bidi') call.on('data', (answer) => response.end(answer.text)).on('error', (error) => response.end(error.message))
        call.write(message)
        call.end()
      })
    })(door.emit)
    listening(door)
  })
}

function startExpress(express) {
  const app = express()
  app.use(express.json())
  app.post('/:name', async (request, response) => response.send(await run(request.params.name, request.body.q)))
  const server = app.listen(0, '127.0.0.1', () => say(server.address().port))
}

starts[framework]()
