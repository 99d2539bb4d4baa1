import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('contracts', {
  file_unreadable: {
    status: 404,
    retry: false,
    message: (v: { path: string; reason: string }) => `The contract ${v.path} can't be read: ${v.reason}.`,
    fix: 'Check the path and its permissions; it is taken relative to the current folder.',
  },
  document_unreadable: {
    status: 422,
    retry: false,
    message: (v: { name: string; reason: string }) => `${v.name} is neither valid JSON nor valid YAML: ${v.reason}.`,
    fix: 'Check the document with its generator or an editor; a truncated download ends like this, too.',
  },
  document_too_large: {
    status: 413,
    retry: false,
    message: (v: { name: string; bytes: number; maxBytes: number }) =>
      `${v.name} has ${v.bytes} bytes; at most ${v.maxBytes} are read into memory.`,
    fix: 'Leave out what is written twice: a document in which every reference is written out is often five times as large as its source.',
  },
  document_too_complex: {
    status: 422,
    retry: false,
    message: (v: { name: string; found: string; limit: number }) => `${v.name} ${v.found}; the limit is ${v.limit}.`,
    fix: 'Real API descriptions stay far below this. Look for runaway generation, anchors that multiply, or a document made to exhaust readers.',
  },
  document_too_costly: {
    status: 422,
    retry: false,
    message: (v: { name: string; seconds: number; memoryMb: number }) =>
      `${v.name} takes more than ${v.seconds} seconds or ${v.memoryMb} MiB to parse as YAML.`,
    fix: 'Write it as JSON, which is parsed many times faster; real API descriptions stay far below this in either form.',
  },
  not_an_api_description: {
    status: 422,
    retry: false,
    message: (v: { name: string; found: string }) => `Expected an OpenAPI 3.0, 3.1 or Swagger 2.0 document in ${v.name}, found ${v.found}.`,
    fix: 'The document starts with `openapi: 3.x.y` or `swagger: "2.0"` and has an object at `paths`, `webhooks` or `components`.',
  },
  reference_unreadable: {
    status: 422,
    retry: false,
    message: (v: { ref: string; from: string; reason: string }) => `The reference ${v.ref} in ${v.from} can't be read: ${v.reason}.`,
    fix: 'Put the file beside the document; whoever sends a document sends its files along: `files` in the API, by itself from the command line.',
  },
  reference_outside: {
    status: 422,
    retry: false,
    message: (v: { ref: string; from: string; root: string }) => `The reference ${v.ref} in ${v.from} leaves the folder ${v.root}.`,
    fix: 'References stay inside the folder of the contract, also through links. Move the file there, or bundle the document into one file first.',
  },
  remote_reference_refused: {
    status: 422,
    retry: false,
    message: (v: { ref: string; from: string; reason: string }) =>
      `The remote reference ${v.ref} in ${v.from} is not fetched: ${v.reason}.`,
    fix: 'Bundle the document into one file. Contracts are never allowed to reach private addresses.',
  },
  too_many_files: {
    status: 422,
    retry: false,
    message: (v: { name: string; limit: number }) => `${v.name} refers to more than ${v.limit} files.`,
    fix: 'Bundle the document into one file.',
  },
  consumer_contract_invalid: {
    status: 422,
    retry: false,
    message: (v: { name: string; at: string; reason: string }) => `${v.name} is no consumer contract: at ${v.at}: ${v.reason}.`,
    fix: 'It has `kind: ConsumerContract`, `client`, and `usage` with `operations` (method, path, reads, sends, requests) and `webhooks`.',
  },
})
