'use strict'
// Puts a value into statements and sends them with a driver that the agent has never heard of.
const http = require('node:http')
const { Client } = require(process.argv[2])

async function ask(value) {
  const client = new Client({ host: '127.0.0.1', port: Number(process.env.PGPORT ?? 5432), user: 'postgres', database: 'postgres' })
  await client.connect()
  const answers = []
  const statement = `select 1 as a where 'x'='${value}'`
  for (const args of [[statement], [{ text: statement, name: 'named', values: [] }], [`${statement} and $1=1`, [1]]]) {
    try {
      answers.push((await client.query(...args)).rows.length)
    } catch (error) {
      answers.push(error.code)
    }
  }
  await client.end()
  return answers.join(' ')
}

const server = http.createServer((request, response) => {
  const value = new URL(request.url, 'http://own').searchParams.get('q')
  ask(value).then(
    (text) => response.end(text),
    (error) => response.end(error.message),
  )
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`))
