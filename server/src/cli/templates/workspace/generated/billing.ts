// Written by `bridgekeeper types billing` from: Billing API, 1. Do not edit: run it again.
import { definePlatform } from '@bridgekeeper/sdk'

export interface paths {
  "/invoices": {
    /** List invoices */
    get: {
      parameters: {
        query?: {
          /** Only invoices with this reference of yours. */
          reference?: string;
        };
      };
      responses: {
        /** Invoices. */
        200: {
          content: {
            "application/json": components["schemas"]["Invoice"][];
          };
        };
      };
    };
    /** Issue an invoice */
    post: {
      parameters: {
        header?: {
          "Idempotency-Key"?: string;
        };
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["InvoiceCreate"];
        };
      };
      responses: {
        /** The invoice. */
        201: {
          content: {
            "application/json": components["schemas"]["Invoice"];
          };
        };
      };
    };
  };
}
export interface webhooks {}
export interface components {
  schemas: {
    Invoice: {
      readonly id: string;
      readonly number: number;
      recipient: string;
      currency: string;
      lines: components["schemas"]["Lines"];
      reference?: string;
    };
    InvoiceCreate: {
      recipient: string;
      currency: string;
      lines: components["schemas"]["Lines"];
      /** Your own id. */
      reference?: string;
    };
    Lines: {
      text: string;
      /** In minor units of the currency. */
      amount: number;
    }[];
  };
}

export type schemas = components['schemas']

export const billing = definePlatform<paths, webhooks>('billing')
