# The Python peer for serving: FastAPI and orjson over an untrained PyTorch generator of the demonstration's size.
#   python serve_fastapi.py PORT
import sys

import orjson
import torch
import uvicorn
from fastapi import FastAPI, Response

torch.set_num_threads(1)
generator = torch.nn.Sequential(
    torch.nn.Linear(8, 32), torch.nn.LeakyReLU(0.2), torch.nn.Linear(32, 32), torch.nn.LeakyReLU(0.2), torch.nn.Linear(32, 1))
app = FastAPI()


def answer(value):
    return Response(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


@app.get("/livez")
async def livez():
    return answer({"status": "ok"})


@app.get("/sample")
async def sample(n: int = 1):
    with torch.inference_mode():
        rows = generator(torch.randn(n, 8))
    return answer({"n": n, "data": rows.numpy().ravel()})


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
