// Writes test/testdata/pcre/*.json: what PCRE2, asked through php, finds of each pattern in each input.
//   npx tsx --conditions=@sevenfold/source engines/regex/test/record-pcre.ts
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

import { subjects, type Subject } from './recorded-subjects.ts'

// `D` and no other flag besides those named: `$` is the end of the input.
const program = `
$asked = json_decode(stream_get_contents(STDIN), true);
ini_set('pcre.jit', '0');
$answers = [];
foreach ($asked as [$flags, $pattern, $input]) {
  $found = [];
  $count = @preg_match("\\x02" . base64_decode($pattern) . "\\x02D" . $flags, base64_decode($input), $found,
    PREG_OFFSET_CAPTURE | PREG_UNMATCHED_AS_NULL);
  if ($count === false) { $answers[] = false; continue; }
  $numbered = array_filter($found, 'is_int', ARRAY_FILTER_USE_KEY);
  $answers[] = $count === 0 ? null : array_merge(...array_map(
    fn($group) => $group[0] === null ? [-1, -1] : [$group[1], $group[1] + strlen($group[0])],
    array_values($numbered)));
}
echo json_encode($answers);
`

interface Question {
  readonly flags: string
  readonly pattern: string
  readonly input: string
}

function ask(questions: readonly Question[]): readonly (readonly number[] | null | false)[] {
  const encode = (text: string): string => Buffer.from(text, 'latin1').toString('base64')
  const { stdout, status, stderr } = spawnSync('php', ['-r', program], {
    input: JSON.stringify(questions.map((one) => [one.flags, encode(one.pattern), encode(one.input)])),
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const answers: readonly (readonly number[] | null | false)[] = JSON.parse(stdout)
  return answers
}

function write(subject: Subject): void {
  const questions = subject.patterns.flatMap((pattern) =>
    subject.inputs.map((input) => ({ flags: subject.flags ?? '', pattern, input })),
  )
  const rows = ask(questions).flatMap((answer, at) => {
    const question = questions[at]
    if (answer === false || question === undefined) return []
    return [` ${JSON.stringify([question.pattern, question.input, answer])}`]
  })
  const file = new URL(`testdata/pcre/${subject.name}.json`, import.meta.url)
  writeFileSync(file, `[\n${rows.join(',\n')}\n]\n`)
}

for (const subject of subjects) write(subject)
