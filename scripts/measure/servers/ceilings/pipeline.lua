-- wrk: 16 requests in one go on each connection, as in TechEmpower's plaintext test.
init = function(args)
  local requests = {}
  for index = 1, 16 do
    requests[index] = wrk.format()
  end
  batch = table.concat(requests)
end

request = function()
  return batch
end
