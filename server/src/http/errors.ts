import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('http', {
  route_unknown: {
    status: 404,
    retry: false,
    message: (v: { method: string; path: string }) => `Nothing answers ${v.method} ${v.path}.`,
    fix: 'The reference is at /api/reference, the document at /api/openapi.json.',
  },
  body_too_large: {
    status: 413,
    retry: false,
    message: (v: { limitBytes: number }) => `The request body is larger than ${v.limitBytes} bytes.`,
    fix: 'Send less at a time.',
  },
})
