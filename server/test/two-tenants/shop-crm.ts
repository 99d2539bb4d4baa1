import { orderBridge } from './order-bridge.ts'

export default orderBridge('shop-crm', 'shop', 'crm')
