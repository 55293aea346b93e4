import { describe, expect, it } from 'vitest'
import { judgeCarriedCommand, judgeProgram, judgeShell } from './judge-command.ts'

describe('judgeShell', () => {
  it.each([
    ['a second command', 'echo hi ;id', ';id'],
    ['a substitution', 'echo $(id)', '$(id)'],
    ['a substitution in double quotes', 'echo "`id`"', '`id`'],
    ['a new line', 'echo x\nid', 'x\nid'],
    ['a pipe without spaces', 'echo |cat${IFS}/etc/passwd', '|cat${IFS}/etc/passwd'],
    ['an input that was split', 'echo a;id; x', 'a;id;,x'],
    ['an input as the whole line', 'rm -r x', 'rm -r x'],
    ['a comment', 'ls x #y', 'x #y'],
    ['a home folder', 'ls ~root', '~root'],
    ['a quote that is closed', "echo ''; id #'", "'; id #"],
  ])('objects to %s', (_name, line, input) => {
    expect(judgeShell(line, [input])?.attack).toBe('command-injection')
  })

  it.each([
    ['single quotes around marks', "printf %s '; rm -rf /tmp/x'", '; rm -rf /tmp/x'],
    ['an escaped apostrophe', String.raw`printf %s 'it'\''s'`, "it's"],
    ['a plain address', 'echo "ada+trail@example.org" >> list', 'ada+trail@example.org'],
    ['escaped marks', String.raw`echo a\;b`, String.raw`a\;b`],
    ['a tilde inside a name', 'git diff HEAD~1', 'HEAD~1'],
    ['marks inside a word', 'open https://a.example/b#c!', 'https://a.example/b#c!'],
    ['marks of the application', 'cat list | sort; date', 'sort by'],
  ])('lets %s through', (_name, line, input) => {
    expect(judgeShell(line, [input])).toBeNull()
  })
})

describe('judgeProgram', () => {
  it.each([
    ['a shell line', 'sh', ['-c', 'echo ; id'], ['; id']],
    ['a program', '/bin/echo', ['x'], ['/bin/echo']],
    ['an option', 'find', ['.', '-exec'], ['-exec']],
    ['words that became arguments', 'grep', ['-i', '.', 'private/key', 'help.txt'], ['. private/key']],
  ])('objects to %s from outside', (_name, file, args, inputs) => {
    expect(judgeProgram({ file, args }, new Set(inputs))).not.toBeNull()
  })

  it.each([
    ['a single argument with marks', 'grep', ['-F', '-e', '$(id)', 'help.txt'], ['$(id)']],
    ['an option of a printer', 'echo', ['-n', '-n'], ['-n']],
    ['several words in one argument', 'grep', ['-e', 'gift cards', 'help.txt'], ['gift cards']],
    ['plain words as arguments', 'spell', ['gift', 'cards'], ['gift cards']],
  ])('lets %s through', (_name, file, args, inputs) => {
    expect(judgeProgram({ file, args }, new Set(inputs))).toBeNull()
  })
})

describe('judgeCarriedCommand', () => {
  it('objects to a command that stands inside code which an input carries', () => {
    const input = "process.mainModule.require('child_process').execSync('id')"
    expect(judgeCarriedCommand('id', [input])?.attack).toBe('code-injection')
    expect(judgeCarriedCommand('date', [input])).toBeNull()
    expect(judgeCarriedCommand('id', ['an idea (of mine)'])).toBeNull()
  })
})
