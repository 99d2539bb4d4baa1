// Written by `bridgekeeper types shop` from: Shop API, 1. Do not edit: run it again.
import { definePlatform } from '@bridgekeeper/sdk'

export interface paths {
  "/orders": {
    /** List orders, oldest payment first */
    get: {
      parameters: {
        query?: {
          /** Only orders paid at this time or later. */
          paid_since?: string;
          /** From 1. */
          page?: number;
          /** Orders of one page. */
          limit?: number;
        };
      };
      responses: {
        /** One page of orders; shorter than the limit on the last one. */
        200: {
          content: {
            "application/json": components["schemas"]["Order"][];
          };
        };
      };
    };
  };
}
export interface webhooks {
  "order.paid": {
    post: {
      requestBody: {
        content: {
          "application/json": components["schemas"]["OrderPaid"];
        };
      };
    };
  };
}
export interface components {
  schemas: {
    Order: {
      id: string;
      shop_id: string;
      /** Of the buyer. */
      email: string;
      currency: string;
      items: {
        title: string;
        quantity: number;
        /** In minor units of the currency. */
        unit_price: number;
      }[];
      paid_at: string;
    };
    OrderPaid: {
      type: "order.paid";
      timestamp: string;
      shop_id: string;
      order: components["schemas"]["Order"];
    };
  };
}

export type schemas = components['schemas']

export const shop = definePlatform<paths, webhooks>('shop')
