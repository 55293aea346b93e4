import type { Draw, Grammar } from './builtin-grammar.ts'

const first = [
  'Aoife',
  'Jean-Luc',
  "D'Arcy",
  'Zoë',
  'José',
  'Bjørn',
  "Sh'ana",
  'Mary Ann',
  'Or',
  'Drop',
  'Null',
  'Union',
  'Andy',
] as const
const last = [
  "O'Brien",
  "O'Neil",
  "d'Angelo",
  'Smith-Jones',
  "L'Hôpital",
  'Select',
  'van den Berg',
  'Groß',
  "N'Dour",
  'Table',
  "St. John's",
  'Sleep',
  'Cat',
] as const
const things = [
  'table',
  'tent',
  'order',
  'kettle',
  'union jack flag',
  'view',
  'case',
  'index cards',
  'cat tree',
  'shell',
  'top',
  'sleeping bag',
  'script',
  'select whisky',
  'group ticket',
  'host gift',
  'net',
  'drop earrings',
] as const
const verbs = [
  'select',
  'drop',
  'update',
  'order',
  'delete',
  'insert',
  'join',
  'create',
  'find',
  'kill',
  'move',
  'echo',
  'sort',
  'cut',
  'touch',
  'sleep on',
  'wait for',
  'load',
] as const

const person: Grammar = (draw) => `${draw.of(first)} ${draw.of(last)}`

const prose: Grammar = (draw) => {
  const thing = draw.of(things)
  const other = draw.of(things)
  const verb = draw.of(verbs)
  const n = draw.int(1, 99)
  return draw.of([
    `I can't ${verb} the ${thing}; it's ${n}% off -- or isn't it?`,
    `Don't ${verb} my ${thing} and ${other}, please (I'm away).`,
    `"${thing}" or "${other}"? ${draw.of(first)}'s choice = mine!`,
    `We ${verb} from the ${thing} where the ${other} isn't - that's ${n} & counting.`,
    `Rock 'n' roll; ${verb} the ${thing}, then ${verb} again | repeat`,
    `${person(draw)} said: 'please ${verb} ${n} or more ${other}s' and I agreed.`,
    `Either ${n} or ${n + 1} of the ${thing}s' legs were broken; ${verb} one?`,
    `The ${thing} is ${n}' 6" by ${n + 1}' 2" and it's "as new"`,
    `Union and select committee: ${verb} all ${thing}s from the ${other} group by Friday`,
    `1) ${verb} the ${thing}\n2) ${verb} the ${other}\n3) find out who's next`,
    `Thanks!\ncat and dog are fine; ls was broken, id ${n}00${n}\n-- \n${person(draw)}`,
    `if ${n} > ${n - 1} and ${n} < ${n + 1} then it's fine; else ${verb}`,
    `Where's the ${thing}? I'd like to ${verb} it & have ${n} ${other}s by Mon/Tue`,
    `Having ${verb}ed the ${thing}... order by ${draw.of(['phone', 'mail', 'Friday', 'size'])}; don't ${verb} twice!`,
    `It says 'out of stock'; or is it? ${verb} ${thing} #${n} -- thanks`,
    `<3 this ${thing}! Price < ${n} EUR, weight > ${n} g`,
    `You & me || ${verb} && chill :) ${thing}`,
  ])
}

const tutorial: Grammar = (draw) => {
  const thing = draw.of(['users', 'orders', 'books'])
  const n = draw.int(1, 99)
  return draw.of([
    `To read rows we use SELECT, and WHERE narrows them down. With ORDER BY you sort the ${thing}.`,
    `In SQL, a UNION of two queries drops duplicates; use UNION ALL to keep them (${n} times faster for ${thing}).`,
    `Never write DELETE without WHERE! I once lost all ${thing} that way.`,
    `What's the difference between HAVING and WHERE? HAVING filters groups, WHERE filters ${thing}.`,
    `Use prepared statements: a name like O'Brien ends the string, and what follows is read as SQL by the ${thing} query.`,
    `A LEFT JOIN keeps all ${thing}, an INNER JOIN only those with a match. Group by id and count.`,
    `My ${thing} report is slow: should I create an index on price and date, or drop the old one?`,
    `The command "drop table" removes a table and its data. Be careful, ${draw.of(first)}!`,
    `How do I insert into two tables at once? The docs say "insert into" takes one target only.`,
    `Lesson ${n}: select the columns you need from the ${thing} table, not everything.`,
  ])
}

const search: Grammar = (draw) => {
  const n = draw.int(2, 60)
  return draw.of([
    `${draw.of(things)} ${n}"`,
    `${draw.of(things)} or ${draw.of(things)}`,
    `"${draw.of(things)}" -${draw.of(things)}`,
    `${n}' ladder`,
    `men's ${draw.of(things)}`,
    `${draw.of(things)} < ${n} EUR`,
    `${draw.of(things)} & ${draw.of(things)}`,
    `c++ or c#`,
    `${draw.of(things)} (${n}-${n + 5})`,
    `${n}/4 ${draw.of(things)} #${n}`,
    `title:"${draw.of(things)}" AND author:${draw.of(['king', 'rowling'])}`,
    `${draw.of(things)} and not ${draw.of(things)}`,
    `AC/DC`,
    `what's new in ${draw.of(things)}`,
    `${draw.of(things)}|${draw.of(things)}`,
    `price>${n} and price<${n + 9}`,
    `name asc, price desc`,
    `-created_at,${draw.of(things)}`,
    `id,name,email`,
    `${draw.of(things)}; ${draw.of(things)}`,
    `how to sleep(better)`,
  ])
}

const mathematics: Grammar = (draw) => {
  const a = draw.int(2, 99)
  const b = draw.int(2, 99)
  return draw.of([
    `${a}x + ${b} = ${a * b} or x = ${b}`,
    `f(x) = sin(x) + ${a}*cos(${b}x)`,
    `if x > ${a} and x < ${b}, then |x| >= 0`,
    `log(${a})/log(${b})`,
    `\\frac{${a}}{${b}} \\cdot \\sqrt{x^2}`,
    `$${a}x^{2} + ${b}$ is a parabola`,
    `=SUM(A1:A${a})*${b}`,
    `=IF(B2>${a},"yes","no")`,
    `${a} + ${b} = ${a + b}; ${a} - ${b} = ${a - b}`,
    `{x | x > ${a} && x < ${b}}`,
    `p or not p = true`,
    `A ∪ B = B ∪ A`,
    `max(${a}, ${b}) - min(x, y)`,
    `mod(${a}, 3) = ${a % 3}`,
    `${a}!/(${b}!*2!)`,
    `=VLOOKUP(A${a},B:C,2,FALSE)`,
    `${a}% of ${b}% = ?`,
    `∀x∈ℝ: x² ≥ 0; x=${a}`,
  ])
}

const code: Grammar = (draw) => {
  const word = draw.word()
  const n = draw.int(1, 99)
  return draw.of([
    `\`\`\`js\nconst ${word} = items.filter((x) => x.id === ${n} || x.ok);\nconsole.log(\`\${${word}.length} found\`);\n\`\`\``,
    `Run \`npm install\` and then \`npm start\`; it listens on port ${n}00.`,
    `for (let i = 0; i < ${n}; i++) { sum += ${word}[i]; }`,
    `def ${word}(self, x):\n    return x if x and x > ${n} else None`,
    `Use \`ls -la\` to list files, or \`cat ${word}.txt\` to read one.`,
    `SELECT id, name FROM ${word} is what I tried, and it's slow`,
    `if (${word} && ${word}.name !== '') return ${n};`,
    `#include <stdio.h>\nint main(void) { printf("%d\\n", ${n}); return 0; }`,
    `.${word} { color: #fff; margin: ${n}px; } /* ${word} */`,
    `export PATH=$PATH:/opt/${word}/bin`,
    `const {a, b} = require('${word}');`,
    `git commit -m "fix ${word}" && git push`,
    `Template: Hello {{name}}, your order {{order.id}} of ${n} is on its way`,
    `x = {"${word}": [1, 2, ${n}], 'b': None}`,
    `docker run -p ${n}00:80 ${word}:latest`,
    `public static void main(String[] args) { System.out.println("${word}"); }`,
    `The <b> tag is bold, <i>${word}</i> is italic; a < b && c > d`,
    `type ${word} = { readonly id: number; name?: string } | null`,
    `let ${word} = arr.map(x => x * ${n}).sort((a, b) => a - b)`,
    `$ cd ${word}\n$ make\n$ ./run --port=${n}`,
    `path is ../src/${word}.ts or ../../lib/${word}/index.js`,
  ])
}

const address: Grammar = (draw) => {
  const word = draw.word()
  const n = draw.int(1, 99)
  return draw.of([
    `https://example.org/${word}?id=${n}&sort=name,desc#top`,
    `https://www.example.com/search?q=${word}+or+${word}&select=all`,
    `https://user.github.io/${word}/../docs/`,
    `${word}.o'neil@example.org`,
    `${word}+tag@mail.example.org`,
    `"${word} ${word}" <${word}@example.org>`,
    `http://${n}.example.net:8080/a;b=c/d`,
    `https://example.org/redirect?to=https%3A%2F%2Fexample.net%2F${word}`,
    `https://example.org/a|b`,
    `mailto:${word}@example.org?subject=Re:%20${word}`,
    `//cdn.example.org/${word}.js`,
    `https://example.org/~${word}/(${n})`,
    `urn:isbn:97803166${n}`,
    `https://docs.example.org/sql/select.html#union`,
    `+49 (0)30 ${n}${n}${n}-0`,
    `${n} rue de l'Église; 750${n} Paris`,
    `Flat #${n}/2 -- King's Rd.`,
    `${word}_${n}--${word}@example.org`,
    `https://bücher.example/${word}`,
    `https://example.org:443/${word}.php?page=${n}`,
  ])
}

/** Values of which none is an attack, by kind. */
export const innocents: ReadonlyMap<string, Grammar> = new Map<string, Grammar>([
  ['names', person],
  ['prose', prose],
  ['prose about SQL', tutorial],
  ['searches and sort orders', search],
  ['mathematics', mathematics],
  ['code in posts', code],
  ['addresses', address],
  ['prose about programs', programs],
  ['configurations and logs', configuration],
  ['markup and mail', markup],
  ['JSON', jsonText],
  ['GraphQL', graphql],
  ['identifiers', identifier],
])

const tools = [
  'node',
  'php',
  'python',
  'ruby',
  'perl',
  'mysql',
  'docker',
  'git',
  'curl',
  'bash',
  'java',
  'find',
  'cat',
  'sort',
  'awk',
  'env',
] as const

function programs(draw: Draw): string {
  const tool = draw.of(tools)
  const other = draw.of(tools)
  const n = draw.int(2, 30)
  return draw.of([
    `I tried ${tool} first; ${other} is great.`,
    `First ${tool}; ${other} was ${n}.${n} at that time`,
    `We use ${tool} & ${other} at work, and it's ok`,
    `Do you know ${tool}? It's like ${other} | but faster`,
    `${tool} or ${other}; ${tool} is easier and/or faster?`,
    `My skills: ${tool}, ${other}, SQL; ${other} since 20${n}`,
    `(${tool} && ${other}) || ${draw.of(tools)} -- that's the question`,
    `When I type "${tool}" nothing happens; ${other} says "not found"`,
    `${tool} ${n} vs ${other} ${n + 1}: which one? ${other} please!`,
    `Step ${n}: open a shell\n${tool} should print its version, ${other} too`,
    `In \`${tool}\` you'd write \`${other} --help\` to see the options`,
    `The cost is $${n} for ${tool}; $${n + 1} for ${other}`,
  ])
}

function configuration(draw: Draw): string {
  const word = draw.word()
  const n = draw.int(2, 30)
  return draw.of([
    `database:\n  host: ${word}\n  port: 54${n}\n  user: ${word}`,
    `[${word}]\nhost = ${word}\ntimeout = ${n}`,
    `${word}:\nserver: ${word}\ncache: true`,
    `2026-01-${n} 10:00:${n} ERROR ${word}: can't connect to db (retry ${n}/30)`,
    `DEBUG=1\nPORT=30${n}\nNAME="${word}"`,
    `server { listen 80; root /srv/${word}; }`,
    `    at ${word} (/app/src/${word}.js:${n}:7)\n    at main (/app/src/index.js:1:1)`,
    `{"level":"info","msg":"${word} started in ${n} ms"}`,
    `- name: ${word}\n  run: npm ci && npm test`,
    `FROM node:20\nCOPY . /app\nCMD ["node", "${word}.js"]`,
    `max_connections=${n}; log_level=info; name=${word}`,
    `*/${n} * * * * /usr/local/bin/${word}`,
    `TypeError: Cannot read properties of undefined (reading '${word}')`,
    `a,b,c\n1,"x; y",${n}\n2,'${word}',3`,
  ])
}

function markup(draw: Draw): string {
  const word = draw.word()
  const n = draw.int(2, 30)
  return draw.of([
    `<b>${word}</b> and <i>${word}</i>`,
    `<p class="${word}">Hello<br>it's ${n}</p>`,
    `# ${word}\n\n* one\n* two\n\n> quote > ${n}`,
    `[${word}](https://example.org/${word}?a=${n}) and ![pic](/a.png)`,
    `On Monday, ${word} wrote:\n> hello, it's me\n> bye\n\nThanks, ${word}`,
    `Hello,\n\nI have a question; where's order #${n}?\n\nKind regards\n${word}`,
    `| a | b |\n|---|---|\n| ${n} | ${word} |`,
    `a <= b, b >= c; <${word}@example.org>`,
    `@${word} see #${n} & #${n + 1} :-) <3`,
    `https://example.com。${word}は素晴らしい`,
    `"${word}" – „${word}“ ‘${word}’ «${word}» it's`,
    `//api/v${n}/${word}`,
    `// TODO(${word}): fix in v${n}`,
    `${word}--${word}; ${word}/*${n}*/`,
    `To: everybody; Subject: ${word}'s birthday; Date: ${n} May`,
  ])
}

function jsonText(draw: Draw): string {
  const word = draw.word()
  const n = draw.int(1, 99)
  return JSON.stringify(
    draw.of<object>([
      {
        name: word,
        version: `1.${n}.0`,
        scripts: { test: 'vitest run && tsc -b', start: 'node dist/index.js' },
        dependencies: { [word]: `^${n}.0.0` },
      },
      { query: { match: { title: word } }, from: n, size: 10, sort: [{ date: 'desc' }] },
      {
        filter: [
          { field: 'price', op: '<', value: n },
          { field: 'name', op: 'like', value: `${word}%` },
        ],
      },
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [n, n / 2] },
        properties: { name: `${word}'s` },
      },
      { event: 'click', target: 'a#top > span', at: 1_760_000_000 + n, meta: { path: `/${word}?x=1&y=2` } },
      { $schema: 'https://json-schema.org/draft/2020-12/schema', $ref: `#/$defs/${word}`, type: 'object' },
      { message: `It's ${n} o'clock; don't sleep`, tags: ['select', 'order by', 'union'] },
      { text: `a <- b; c = d || e`, lang: 'r', lines: n },
      { op: 'replace', path: `/items/${n}/name`, value: `O'${word}` },
    ]),
  )
}

function graphql(draw: Draw): string {
  const word = draw.word()
  const n = draw.int(1, 99)
  return draw.of([
    `query { ${word}(first: ${n}, orderBy: {field: NAME, direction: ASC}) { id name } }`,
    `query Get($id: ID!) { user(id: $id) { id ... on Admin { role } orders(first: ${n}) { edges { node { id } } } } }`,
    `mutation { update${word}(input: {id: "${n}", name: "O'Neil"}) { ok } }`,
    `fragment F on ${word} { id, name, tags @include(if: $yes) }`,
    `subscription { ${word}(where: {price: {_gt: ${n}}, or: [{a: 1}, {b: 2}]}) { id } }`,
  ])
}

function identifier(draw: Draw): string {
  const n = draw.int(100_000, 999_999)
  return draw.of([
    `${n.toString(16)}-4f2e-${draw.int(1000, 9999)}-a1b2`,
    Buffer.from(`${draw.word()}${n}${draw.word()}`, 'utf8').toString('base64'),
    `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(`{"sub":"${n}"}`, 'utf8').toString('base64url')}.c2ln${n}`,
    `GA1.2.${n}.${n}`,
    `v1:${draw.word()}|${n}|${draw.word()}`,
    `${draw.word()}.${draw.word()}--${n}`,
    `2026-0${draw.int(1, 9)}-1${draw.int(0, 9)}T10:00:00+02:00`,
    `SKU#${n}/A-${draw.int(1, 9)}`,
    `$${n}.00`,
    `{${n}}`,
    `#${n.toString(16)}`,
    `a=1;b=${n};c=3`,
    `"${n}"`,
    `W/"${n}"`,
    `${n},${n + 1},${n + 2}`,
    `1e${draw.int(1, 9)}`,
    `-${n}.5`,
  ])
}
