-- wrk: posts what the environment names: 5 KB of JSON, or 256 KiB of bytes.
wrk.method = "POST"
if os.getenv("WORKLOAD") == "json" then
  local items = {}
  for index = 1, 64 do
    items[index] = string.format('{"sku":"SKU-%06d","name":"Item number %d of an order","price":%d,"count":%d}', index, index, index * 7, index % 5 + 1)
  end
  wrk.body = '{"id":"order-42","items":[' .. table.concat(items, ",") .. "]}"
  wrk.headers["content-type"] = "application/json"
else
  wrk.body = string.rep("x", 262144)
end
