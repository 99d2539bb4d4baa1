import { Temporal } from 'temporal-polyfill'
import type { WebhookScheme } from '../../workspace/index.ts'
import { adyenScheme } from './adyen.ts'
import { basicScheme } from './basic.ts'
import { githubScheme } from './github.ts'
import { hmacScheme } from './hmac.ts'
import { mtlsHeaderScheme } from './mtls-header.ts'
import type { Scheme } from './scheme.ts'
import { shopifyScheme } from './shopify.ts'
import { slackScheme } from './slack.ts'
import { standardWebhooksScheme } from './standard-webhooks.ts'
import { stripeScheme } from './stripe.ts'
import { unverifiedScheme } from './unverified.ts'

/** The scheme that a platform's file declares. */
export function schemeOf(declared: WebhookScheme): Scheme {
  switch (declared.scheme) {
    case 'standard-webhooks':
      return standardWebhooksScheme({ toleranceMs: milliseconds(declared.tolerance) })
    case 'github':
      return githubScheme()
    case 'stripe':
      return stripeScheme({ toleranceMs: milliseconds(declared.tolerance) })
    case 'shopify':
      return shopifyScheme()
    case 'slack':
      return slackScheme({ toleranceMs: milliseconds(declared.tolerance) })
    case 'adyen':
      return adyenScheme()
    case 'hmac':
      return hmacScheme({ ...declared, toleranceMs: milliseconds(declared.tolerance) })
    case 'basic':
      return basicScheme()
    case 'mtls-header':
      return mtlsHeaderScheme({ ...declared, header: declared.header.toLowerCase() })
    case 'unverified':
      return unverifiedScheme()
  }
}

function milliseconds(duration: string): number {
  return Temporal.Duration.from(duration).total({ unit: 'milliseconds', relativeTo: Temporal.PlainDate.from('1970-01-01') })
}
