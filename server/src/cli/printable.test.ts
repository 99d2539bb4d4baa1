import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createIo } from './io.ts'

const hostile = [
  'a title: \u001b]0;pwned\u0007',
  'the clipboard: \u001b]52;c;cm0gLXJm\u001b\\',
  'the screen: \u001b[2J\u001b[1;1H',
  'hidden: \u001b[8msecret\u001b[0m',
  'one byte: \u009b2J',
  'a line over: good\rbad',
  'backspaces: ok\b\bno',
  'a bell\u0007, a null\u0000, a delete\u007f',
  'turned: \u202egnp.exe\u2066',
]

function printed(work: (io: ReturnType<typeof createIo>) => void): string {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  work(createIo({ stdout: Object.assign(stdout, { isTTY: true }), stderr, stdin: new PassThrough() }, {}, '/'))
  return String(stdout.read() ?? '') + String(stderr.read() ?? '')
}

describe('what others have written', () => {
  it.each(hostile)('is shown by the terminal and not obeyed: %j', (text) => {
    const all = printed((io) => {
      io.print(text)
      io.print(`a ${io.red(text)} b`)
      io.note(text)
      io.complain(text)
      io.printTable([{ text }], [{ title: 'text', value: (row) => row.text, maxWidth: 60 }], '')
      io.printJson({ text })
      io.progress('work').end(text)
    })
    const withoutColours = all.replaceAll(/\u001b\[(1|22|31|39)m/g, '')
    expect(withoutColours).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  })

  it('stays the same value in JSON, and keeps lines, tabs and colours of our own', () => {
    for (const text of hostile) expect(JSON.parse(printed((io) => io.printJson({ text })))).toEqual({ text })
    expect(printed((io) => io.print(`one\n\ttwo\r\n${io.green('three')} é 漢 🙂`))).toBe(
      'one\n\ttwo\r\n\u001b[32mthree\u001b[39m é 漢 🙂\n',
    )
  })
})
